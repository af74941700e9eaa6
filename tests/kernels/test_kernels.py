"""A forked kernel shows what a started one shows, keeps nothing, and leaves nothing."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path

import nbformat
import pytest
import reports_sample as sample
import warm_sample
from conftest import ROOT

from kzdata.errors import NotebookFailed, UnknownCode
from kzdata.kernels import environment, linux, provisioner
from kzdata.reports.execute import run
from kzdata.reports.kernel import kernel_manager

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(linux.missing() is not None, reason="forked processes need Linux"),
    pytest.mark.usefixtures("no_fallback"),
]

NIGHTLY = pytest.mark.nightly
DISPLAYS = [
    "from IPython.display import HTML, Markdown, clear_output, display, update_display",
    "h = display('a', display_id='x'); h.update('b')\nupdate_display('c', display_id='x')\nh",
    "display(HTML('<b>1</b>'), Markdown('*m*'), {'a': 1}); 'last'",
    "print('gone'); clear_output(); print('kept')",
    "print('first'); clear_output(wait=True); print('second')",
    "import pandas as pd\npd.DataFrame({'a': [1, None], 'b': ['x', 'y']})",
    "pd.DataFrame({'a': [1.0, 2.0]}).style.format('{:.1f}').set_uuid('u')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]); plt.title('т')",
    "fig, ax = plt.subplots()\npd.DataFrame({'a': [1, 2]}).plot.bar(ax=ax); ax",
    "%config InlineBackend.figure_formats = ['svg']\nplt.rcParams['svg.hashsalt'] = 's'\n"
    "plt.bar([1, 2], [3, 4])",
    "plt.get_backend(), plt.isinteractive()",
]
STREAMS = [
    "import os, sys, subprocess\nprint('out'); print('err', file=sys.stderr); 1",
    "os.write(1, b'raw\\n'); os.write(2, b'raw error\\n')",
    "os.system('echo system'); subprocess.run(['echo', 'child']).returncode",
    "%%bash\necho bash; echo wrong >&2",
    "!echo bang",
    "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "import threading\nt = threading.Thread(target=print, args=('thread',)); t.start(); t.join()",
    "import multiprocessing as mp\n"
    "with mp.get_context('fork').Pool(2) as p: r = p.map(abs, [-1, 2])\nr",
    "with mp.get_context('spawn').Pool(1) as p: r = p.map(abs, [-3])\nr",
    "from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor(2) as e:\n"
    "    r = list(e.map(str, range(3)))\nr",
    "from tqdm import tqdm\nfor _ in tqdm(range(3), bar_format='{n}/{total}', mininterval=0): pass",
    "import warnings\nwarnings.warn('careful')\nwarnings.warn('old', DeprecationWarning)",
    "import logging\nlogging.warning('logged'); logging.getLogger('x').info('not shown')",
    "try:\n    input()\nexcept Exception as error:\n    print(type(error).__name__)",
    "print('x' * 2_000_000)",
    "for n in range(20_000): print(n)",
]
FACTS = [
    "import sys, os, threading, time, locale, signal, decimal, json\n"
    "import numpy as np, pandas as pd, matplotlib as mpl",
    "sys.path, sys.flags, sys.executable, os.getcwd(), __name__, sys.getrecursionlimit()",
    "'|'.join(f'{k}={v}' for k, v in sorted(os.environ.items()))",
    "[a if 'json' not in a else '' for a in sys.argv]",
    "threading.active_count(), [t.name.rstrip('0123456789') for t in threading.enumerate()]",
    "time.tzname, locale.getlocale(), sys.stdout.encoding, sys.getfilesystemencoding()",
    "[str(signal.getsignal(s)).split(' at ')[0] for s in (2, 15, 17, 13)]",
    "decimal.getcontext(), np.geterr(), pd.get_option('display.max_rows')",
    "json.dumps({k: str(v) for k, v in mpl.rcParams.items()})",
    "import warnings\nsorted({(f[0], str(f[1]), f[2].__name__) for f in warnings.filters})",
    "hash('kzdata'), sorted(n for n in globals() if not n.startswith('_'))",
    "os.getsid(0) == os.getpid() == os.getpgid(0), os.umask(0o22)",
    "sorted(int(f) for f in os.listdir('/proc/self/fd'))[:3]",
    "%who_ls\n",
]
ERRORS = [
    "print('before'); 1/0",
    "def f():\n    raise KeyError('k') from ValueError('v')\nf()",
    "not python (",
    "import sys; sys.setrecursionlimit(300)\n"
    "def deeper(n):\n    return deeper(n + 1)\ndeeper(0)",  # as many frames as a started one's
    "raise KeyboardInterrupt",
]


def scrub(text: str) -> str:
    text = re.sub(r"ipykernel_\d+", "ipykernel_N", text)
    text = re.sub(r"0x[0-9a-f]+", "0xN", text)
    return re.sub(r"'JPY_SESSION_NAME': '[^']*'", "", text)


def shown(book) -> list:
    """Outputs of each code cell; streams joined, because their cuts are a matter of moments."""
    cells = []
    for cell in book.cells:
        if cell.cell_type != "code":
            continue
        streams: dict[str, str] = {}
        rest = []
        for output in cell.outputs:
            if output.output_type == "stream":
                streams[output.name] = streams.get(output.name, "") + scrub(output.text)
            else:
                rest.append(json.loads(scrub(json.dumps(output, sort_keys=True))))
        cells.append((cell.source, cell.execution_count, streams, rest))
    return cells


@pytest.fixture
def stock(tmp_path, monkeypatch):
    """papermill as it comes, with a kernelspec by name, both under the same environment."""
    import papermill

    folder = tmp_path / "jupyter" / "kernels" / "kzdata-warm"
    shutil.copytree(Path(environment.__file__).with_name("kernelspec"), folder)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    for name, value in environment.base().items():
        monkeypatch.setenv(name, value)
    for name in environment.PERSONAL:
        monkeypatch.delenv(name, raising=False)

    def execute(kernel, cells, **options):
        out = tmp_path / f"{kernel}.ipynb"
        (tmp_path / "work").mkdir(exist_ok=True)
        book = nbformat.v4.new_notebook(cells=[c if hasattr(c, "source") else sample.code(c)
                                               for c in cells])  # fmt: skip
        failed = None
        try:
            papermill.execute_notebook(
                book, str(out), kernel_name=kernel, language="python", progress_bar=False,
                cwd=str(tmp_path / "work"), **options,
            )  # fmt: skip
        except Exception as error:
            failed = type(error).__name__
        return shown(nbformat.read(out, 4)) if out.exists() else None, failed

    return execute


@pytest.fixture
def no_fallback(caplog):
    provisioner.plainly.cache_clear()
    caplog.set_level(logging.WARNING, "kzdata.kernels")
    yield
    assert [each for each in caplog.records if each.name == "kzdata.kernels"] == []


def same(stock, cells, **options):
    plain, warm = (stock(name, cells, **options) for name in ("python3", "kzdata-warm"))
    if plain[0] is not None and warm[0] is not None:
        for one, other in zip(plain[0], warm[0], strict=True):
            assert other == one
    assert warm == plain
    return plain


@pytest.mark.parametrize("cells", [DISPLAYS, STREAMS, FACTS], ids=["displays", "streams", "facts"])
def test_a_warm_notebook_is_plain_papermills(stock, cells):
    outputs, failed = same(stock, cells)
    assert failed is None
    assert len(outputs) == len(cells)


def test_errors_and_what_was_shown_before_them_are_the_same(stock):
    cells = [sample.code(source, "raises-exception") for source in ERRORS]
    same(stock, cells)
    outputs, failed = same(stock, ["print('so far')", "1/0", "print('never')"])
    assert failed == "PapermillExecutionError"
    assert outputs[-1][1] is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "failure"),
    [
        pytest.param("import os; os._exit(0)", "DeadKernelError", marks=NIGHTLY),
        ("import os; os.kill(os.getpid(), 9)", "DeadKernelError"),
        pytest.param("import ctypes; ctypes.string_at(0)", "DeadKernelError", marks=NIGHTLY),
        ("import sys; sys.exit(3)", "PapermillExecutionError"),
        ("quit()", None),
        ("while True: pass", "CellTimeoutError"),
        pytest.param(
            "import ctypes; ctypes.PyDLL(None).sleep(40)", "CellTimeoutError", marks=NIGHTLY
        ),
    ],
    ids=["exit", "kill", "segfault", "sys.exit", "quit", "python", "c"],
)
def test_a_kernel_that_ends_or_hangs_does_so_alike(stock, source, failure):
    cells = ["print('so far')", source]
    plain, warm = (stock(name, cells, execution_timeout=3) for name in ("python3", "kzdata-warm"))
    assert plain[1] == warm[1] == failure
    # How far the last cell's own messages came before the kernel died is a matter of moments.
    assert warm[0][0] == plain[0][0]
    assert warm[0][-1][2:] == plain[0][-1][2:]


def report(tmp_path, *sources, engine="warm"):
    folder = tmp_path / uuid.uuid4().hex[:8]
    path = sample.save(folder / "01_t.ipynb", *map(sample.code, sources))
    return run(path, {}, scratch=folder / "s", epoch=1, engine=engine)


def last(book) -> str:
    return book.cells[-1].outputs[-1].data["text/plain"]


SPOIL = """\
import builtins, decimal, os, sys, random
import matplotlib as mpl, numpy as np, pandas as pd
import kzdata as kz
pd.set_option("display.max_rows", 3); mpl.rcParams["lines.linewidth"] = 9
os.environ["LEFT"] = "1"; os.chdir("/"); decimal.getcontext().prec = 3; np.seterr(all="raise")
builtins.left = 1; pd.DataFrame.left = 1; sys.path.append("/left"); kz.left = 1; random.seed(1)
mpl.use("svg"); np.random.seed(1); sys.setrecursionlimit(500)"""
LOOK = """\
import builtins, decimal, os, sys
import matplotlib as mpl, numpy as np, pandas as pd
import kzdata as kz
(pd.get_option("display.max_rows"), mpl.rcParams["lines.linewidth"], os.environ.get("LEFT"),
 os.path.basename(os.path.dirname(os.getcwd())) == "", decimal.getcontext().prec, np.geterr(),
 hasattr(builtins, "left"), hasattr(pd.DataFrame, "left"), "/left" in sys.path,
 "left" in vars(kz), mpl.get_backend(), sys.getrecursionlimit())"""


def test_nothing_passes_from_one_report_to_the_next(tmp_path):
    before = last(report(tmp_path, LOOK, engine="plain"))
    report(tmp_path, SPOIL)
    assert last(report(tmp_path, LOOK)) == before
    assert last(report(tmp_path, SPOIL, LOOK)) != before


def test_random_numbers_differ_between_reports(tmp_path):
    source = "import random, uuid, numpy as np\n(random.random(), np.random.rand(), uuid.uuid4())"
    one, other = (last(report(tmp_path, source)) for _ in range(2))
    assert not set(one.strip("()").split(", ")) & set(other.strip("()").split(", "))


CHILDREN = """\
import os, subprocess, sys
sys.path.insert(0, {tests!r})
import warm_sample
warm_sample.leave_children({mark!r})"""


@pytest.mark.parametrize("then", ["1", "os._exit(1)", "1/0"])
def test_no_child_of_a_kernel_survives_it(tmp_path, then):
    mark = uuid.uuid4().hex
    source = CHILDREN.format(tests=str(ROOT / "tests" / "support"), mark=mark)
    if then == "1":
        assert last(report(tmp_path, source)) == "4"
    else:
        with pytest.raises(NotebookFailed):
            report(tmp_path, source, then)
    assert warm_sample.gone(mark, 1) == []


def test_a_kernel_killed_from_outside_is_a_failed_report(tmp_path):
    source = (
        "import os, signal, time\nfrom pathlib import Path\n"
        "guard = os.getppid()\n"
        "assert b'kzdata.kernels.server' in Path(f'/proc/{guard}/cmdline').read_bytes()\n"
        "os.kill(guard, signal.SIGKILL); time.sleep(30)"
    )
    with pytest.raises(NotebookFailed, match="the kernel died"):
        report(tmp_path, source)


def test_a_kernel_that_was_killed_has_ended(tmp_path):
    async def killed() -> tuple[bool, object, bool]:
        manager = kernel_manager(tmp_path, 1, provisioner.NAME)()
        await manager.start_kernel(cwd=str(tmp_path))
        running = manager.provisioner.process
        before = running.poll()
        await manager.provisioner.kill()
        code = running.poll()
        await manager.shutdown_kernel(now=True)
        return before is None, code, manager.has_kernel

    assert asyncio.run(killed()) == (True, -9, False)


def test_many_kernels_keep_no_descriptor_open(tmp_path):
    report(tmp_path, "1")
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        report(tmp_path, "1")
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_an_engine_that_is_none_is_refused(tmp_path):
    with pytest.raises(UnknownCode, match=r"engine 'warmm'.*\n.*'warm'"):
        report(tmp_path, "1", engine="warmm")


ELSEWHERE = """\
import os, sys
sys.path.insert(0, {tests!r})
{before}
import reports_sample as sample
from pathlib import Path
from kzdata.reports.execute import run
path = sample.save(Path({folder!r}) / "01_t.ipynb", sample.code("1 + 1"))
for number in range(2):
    {between}
    book = run(path, {{}}, scratch=Path({folder!r}) / str(number), epoch=1)
    print(book.cells[0].outputs[0].data["text/plain"])
"""


@pytest.mark.parametrize(
    ("before", "between", "said"),
    [
        ("", "os.environ['PYTHONDEVMODE'] = str(number)", r"differs .* in PYTHONDEVMODE"),
        pytest.param(
            "", "os.environ['LD_LIBRARY_PATH'] = str(number)", r"differs .* in LD_LIBRARY_PATH",
            marks=NIGHTLY,
        ),
        ("import papermill; sys.platform = 'darwin'", "pass", "need Linux, this is darwin"),
        pytest.param(
            "os.environ['PYTHONPATH'] = {spoilt!r}", "pass", "starts threads when it is imported",
            marks=NIGHTLY,
        ),
    ],
    ids=["python", "loader", "platform", "threads"],
)  # fmt: skip
def test_where_a_kernel_cannot_be_forked_it_is_started_and_that_is_said(
    tmp_path, before, between, said
):
    spoilt = tmp_path / "spoilt"
    spoilt.mkdir()
    (spoilt / "psutil.py").write_text(
        "import threading, time\nthreading.Thread(target=time.sleep, args=(99,), daemon=True)"
        ".start()\n"
    )
    code = ELSEWHERE.format(
        tests=str(ROOT / "tests" / "support"), folder=str(tmp_path),
        before=before.format(spoilt=str(spoilt)), between=between,
    )  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["2", "2"], done.stderr
    assert re.search(said, done.stderr)
    assert done.stderr.count("A plain kernel is started") == 1


@pytest.fixture
def short():
    """A folder of a short name, in which sockets can lie; ipykernel warns of any other transport.

    A worker's own folder makes the names of pytest's long.
    """
    with tempfile.TemporaryDirectory() as folder:
        yield folder


def test_a_script_without_a_guard_runs_once(short):
    script = Path(short) / "script.py"
    body = ELSEWHERE.format(
        tests=str(ROOT / "tests" / "support"), folder=short, before="print('begun')",
        between="pass",
    )  # fmt: skip
    script.write_text(body)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, cwd=short
    )
    assert done.stdout.split() == ["begun", "2", "2"]
    assert done.stderr == ""


def test_the_kernelspec_says_what_the_engine_says():
    spec = json.loads(
        (Path(environment.__file__).with_name("kernelspec") / "kernel.json").read_text()
    )
    assert spec["env"] == environment.FIXED
    assert os.environ.get("PATH")  # what a kernel has besides is this process's own
