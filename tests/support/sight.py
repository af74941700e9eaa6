"""Colours as people see them: contrast, lightness, and colour blindness."""

from __future__ import annotations

# Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision
# deficiency", IEEE TVCG 15(6), 2009, table 1, severity 1.0; applied in linear light.
MATRICES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
SIGHTS = ["everyone", *MATRICES, "grey"]


def hexed(color) -> str:
    """A matplotlib colour as #rrggbb."""
    from matplotlib.colors import to_hex

    return to_hex(color)


def linear(color: str) -> list[float]:
    """sRGB to linear light, IEC 61966-2-1."""
    parts = [int(color[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]


def luminance(color: str) -> float:
    """Relative luminance, WCAG 2.2."""
    return sum(w * v for w, v in zip((0.2126, 0.7152, 0.0722), linear(color), strict=True))


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def lab(color: str, sight: str = "everyone") -> list[float]:
    """CIE L*a*b* under D65 of a colour as seen."""
    light = linear(color)
    if sight in MATRICES:
        light = [
            min(max(sum(w * v for w, v in zip(row, light, strict=True)), 0), 1)
            for row in MATRICES[sight]
        ]
    to_xyz = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    white = (0.95047, 1.0, 1.08883)
    f = []
    for row, w in zip(to_xyz, white, strict=True):
        t = sum(a * b for a, b in zip(row, light, strict=True)) / w
        f.append(t ** (1 / 3) if t > (6 / 29) ** 3 else t / (3 * (6 / 29) ** 2) + 4 / 29)
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]


def lightness(color: str) -> float:
    """L*, what is left of a colour in grey."""
    return lab(color)[0]


def difference(one: str, other: str, sight: str) -> float:
    """ΔE*ab of 1976 between two colours as seen; 2.3 is just noticeable."""
    pairs = zip(lab(one, sight), lab(other, sight), strict=True)
    return sum((p - q) ** 2 for p, q in pairs) ** 0.5
