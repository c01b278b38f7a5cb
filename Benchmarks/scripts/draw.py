#!/usr/bin/env python3
"""Draws the curves of Benchmarks/Results/curves.csv, a picture for each operation.

    draw.py [RESULTS FOLDER]

Both axes are logarithmic: what is linear rises by one step of the grid a step. The dashed line
is linear from the first point on.
"""

import csv
import math
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RESULTS = os.path.join(HERE, "..", "Results", "curves.csv")
PICTURES = os.path.join(HERE, "..", "..", "Sources", "Momentlog", "Momentlog.docc", "Resources")
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 460, 300, 64, 40, 16, 46
COLOURS = {1: "#1f6feb", 10000: "#d1700f"}


def read(path):
    """Points (what it was for, seconds) by operation and number of domains."""
    curves = {}
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            domains, checkpoints = int(row["domains"]), int(row["checkpoints"])
            points = curves.setdefault(row["operation"], {}).setdefault(domains, [])
            points.append((checkpoints, float(row["seconds"])))
    return curves


def time(seconds):
    """A power of ten of seconds, as people say it."""
    for factor, unit in ((1, "s"), (1e3, "ms"), (1e6, "µs")):
        if seconds * factor >= 0.999:
            return f"{round(seconds * factor)} {unit}"
    return f"{round(seconds * 1e9)} ns"


def picture(operation, curves):
    """The SVG of one operation."""
    everything = [point for points in curves.values() for point in points]
    low, high = math.floor(math.log10(min(p[0] for p in everything))), 6
    floor = math.floor(math.log10(min(p[1] for p in everything)))
    ceiling = max(math.ceil(math.log10(max(p[1] for p in everything))), floor + 1)

    def across(count):
        return LEFT + (math.log10(count) - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    def down(seconds):
        share = (math.log10(seconds) - floor) / (ceiling - floor)
        return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
        f' width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="18" font-size="14" fill="#222222">{operation}</text>',
    ]
    for power in range(low, high + 1):
        x = across(10**power)
        lines.append(
            f'<path d="M{x:.1f} {TOP}V{HEIGHT - BOTTOM}" stroke="#e0e0e0"/>'
            f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 16}" text-anchor="middle"'
            f' fill="#555555">{10**power:,}</text>'.replace(",", " ")
        )
    for power in range(floor, ceiling + 1):
        y = down(10.0**power)
        lines.append(
            f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#e0e0e0"/>'
            f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end"'
            f' fill="#555555">{time(10.0**power)}</text>'
        )
    lines.append(
        f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 8}" text-anchor="middle"'
        f' fill="#555555">checkpoints in the store</text>'
    )
    for place, (domains, points) in enumerate(sorted(curves.items())):
        points.sort()
        colour = COLOURS.get(domains, "#555555")
        (first, start), (last, _) = points[0], points[-1]
        end = last
        # The line ends where it leaves the picture.
        if start * last / first > 10.0**ceiling:
            end = first * 10.0**ceiling / start
        if end > first:
            lines.append(
                f'<path d="M{across(first):.1f} {down(start):.1f}'
                f'L{across(end):.1f} {down(start * end / first):.1f}" stroke="{colour}"'
                f' stroke-opacity="0.4" stroke-dasharray="4 4"/>'
            )
        path = "L".join(f"{across(x):.1f} {down(y):.1f}" for x, y in points)
        lines.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for x, y in points:
            lines.append(f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="3" fill="{colour}"/>')
        words = "one domain" if domains == 1 else f"{domains:,} domains".replace(",", " ")
        lines.append(
            f'<text x="{LEFT + 4 + 110 * place}" y="{TOP - 6}" fill="{colour}">{words}</text>'
        )
    return "\n".join(lines + ["</svg>", ""])


def main():
    results = sys.argv[1] if len(sys.argv) > 1 else RESULTS
    folder = sys.argv[2] if len(sys.argv) > 2 else PICTURES
    os.makedirs(folder, exist_ok=True)
    for operation, curves in read(results).items():
        name = "scale-" + re.sub(r"[^a-z]+", "-", operation.lower()).strip("-") + ".svg"
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(picture(operation, curves))
        print(name)


main()
