"""What each source is asked: ``seeds/endpoints.yml`` read and checked, and a request made of it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NotRequired
from urllib.parse import quote, urlsplit

from pydantic import with_config
from typing_extensions import TypedDict

from kzdata.errors import ParameterError, SeedError, UnknownCode, did_you_mean
from kzdata.schemas import check, closed, load_yaml, refuse
from kzdata.settings import HOME

FILE = HOME / "seeds" / "endpoints.yml"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
HINT = "The head of seeds/endpoints.yml explains every field."
_VALUE = r"[\w.,:;+*@$()\-]{1,500}"
_NAME = re.compile(r"\{(\w+)\}")


class RequestParameter(TypedDict):
    """What ``-p`` takes for one name; ``like`` is the pattern that a value must have."""

    help: str
    default: NotRequired[Any]
    like: NotRequired[str]


@dataclass(frozen=True)
class Endpoint:
    """One service of a source; ``seeds/endpoints.yml`` explains every field at its head."""

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012
    source: str
    service: str
    url: str
    types: list[str]
    extension: str
    query: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, RequestParameter] = field(default_factory=dict)
    accept: str = "*/*"
    compressed: bool = True
    key_header: str = ""
    needs_key: bool = False
    redirects: list[str] = field(default_factory=list)
    file: str = ""
    reading: Literal["whole", "sample", "fields"] = "whole"
    fields: list[str] = field(default_factory=list)
    member: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    ends_itself: bool = True
    truncation: str = ""
    seconds_between: float = 1.0
    attempts: int = 5
    backoff_seconds: float = 1.0
    wait_at_most: float = 120.0
    timeout_seconds: float = 30.0
    at_most_seconds: float = 300.0
    max_bytes: int = 2**28
    max_unpacked: int = 2**29


@with_config(extra="allow")
class Service(TypedDict):
    """A source of the file: its services, and what they have in common."""

    services: dict[str, dict[str, Any]]


@closed
class Declared(TypedDict):
    """``endpoints.yml``."""

    defaults: NotRequired[dict[str, Any]]
    sources: dict[str, Service]


@dataclass(frozen=True)
class Request:
    """An endpoint with its parameters filled in: the address, and what the body will be called."""

    endpoint: Endpoint
    parameters: dict[str, str]
    url: str
    file: str

    @property
    def digest(self) -> str:
        """What tells this request from others: source, service and parameters."""
        said = [self.endpoint.source, self.endpoint.service, self.parameters]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:12]


def load(path: Path | None = None) -> dict[str, dict[str, Endpoint]]:
    """Every service of every source. Raises `SeedError` that names source, service and field."""
    path = path or FILE
    declared = load_yaml(path, Declared, SeedError, HINT)
    merged: dict[str, dict[str, Any]] = {}
    for source, about in declared["sources"].items():
        common = declared.get("defaults", {}) | about
        services = common.pop("services")
        merged[source] = {
            service: common | own | {"source": source, "service": service}
            for service, own in services.items()
        }
    found, problems = check(dict[str, dict[str, Endpoint]], merged)
    for source, services in (found or {}).items():
        for service, endpoint in services.items():
            problems += [f"{source}: {service}: {each}" for each in _at_odds(endpoint)]
    refuse(path, problems, SeedError, HINT)
    return found


def request(
    source: str,
    parameters: Mapping[str, str],
    *,
    service: str,
    endpoints: dict[str, dict[str, Endpoint]],
) -> Request:
    """The request for ``parameters``. Raises `UnknownCode` or `ParameterError`, all at once."""
    endpoint = services(source, endpoints).get(service)
    if endpoint is None:
        raise UnknownCode(
            f"{source} has no service {service!r}.", did_you_mean(service, endpoints[source])
        )
    wrong, values = [], {}
    for name in sorted(set(parameters) - set(endpoint.parameters)):
        wrong.append(f"{name}: {source} {service} has no such parameter")
    for name, about in endpoint.parameters.items():
        value = str(parameters.get(name, about.get("default", ""))).strip()
        if not value and "default" not in about:
            wrong.append(f"{name}: is needed, {about['help']}")
        elif value and (not re.fullmatch(about.get("like", _VALUE), value) or ".." in value):
            wrong.append(f"{name}: is not {about['help']}")
        values[name] = value
    if wrong:
        raise ParameterError(
            "\n  ".join([f"{source} {service} cannot be asked:", *wrong]),
            "It takes " + "; ".join(f"{n} ({a['help']})" for n, a in endpoint.parameters.items()),
        )
    return Request(endpoint, values, _address(endpoint, values), _file(endpoint, values))


def services(source: str, endpoints: dict[str, dict[str, Endpoint]]) -> dict[str, Endpoint]:
    """The services of a source; raises `UnknownCode` with the near names."""
    if source not in endpoints:
        raise UnknownCode(f"Unknown source {source!r}.", did_you_mean(source, endpoints))
    return endpoints[source]


def filled(template: str, values: Mapping[str, str]) -> str:
    """``template`` with each ``{name}`` replaced."""
    return _NAME.sub(lambda found: values[found[1]], template)


def _address(endpoint: Endpoint, values: dict[str, str]) -> str:
    path = filled(endpoint.url, {name: quote(v, safe="*+,:;@$()") for name, v in values.items()})
    query = "&".join(
        f"{quote(name, safe='')}={quote(filled(text, values), safe='*+,:')}"
        for name, text in endpoint.query.items()
        if all(values[each] for each in _NAME.findall(text))  # else a choice that was not made
    )
    return f"{path}?{query}" if query else path


def _file(endpoint: Endpoint, values: dict[str, str]) -> str:
    if endpoint.file:
        return re.sub(r"[^\w.\-]+", "_", filled(endpoint.file, values))[:120]
    said = "_".join([endpoint.source, *(value for value in values.values() if value)])
    return re.sub(r"[^\w\-]+", "-", said)[:80].strip("-_") + endpoint.extension


def _at_odds(endpoint: Endpoint) -> Iterator[str]:
    """What the fields say of one another, and of the address."""
    address = urlsplit(endpoint.url)
    if address.scheme != "https" and address.hostname not in LOOPBACK:
        yield "url: is not https"
    if address.query or address.username:
        yield "url: carries a query or a user; parameters belong in `query`"
    if endpoint.needs_key and not endpoint.key_header:
        yield "key_header: is missing, and the service needs a key"
    texts = [endpoint.url, endpoint.file, *endpoint.query.values()]
    for name in sorted({name for text in texts for name in _NAME.findall(text)}):
        if name not in endpoint.parameters:
            yield f"{{{name}}}: unknown parameter"
