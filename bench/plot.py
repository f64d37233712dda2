"""Owns the drawing of growth: how the CPU time of each scenario grows with the number of users. Reads lines of
"SCENARIO USERS CPU-US PER-SECOND", prints a table, and writes an SVG. Never measures. Called by growth.sh.
usage: plot.py GROWTH.TXT GROWTH.SVG"""
import math
import sys
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 60, 110, 30, 50
COLOURS = ["#1d6fb8", "#c2410c", "#15803d", "#7c3aed", "#52525b"]
GOAL = 1.25  # the growth that is allowed


def read(path):
    """{scenario: [(users, CPU in microseconds, answers a second)]}, in the order of the file."""
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            scenario, users, cpu, rate = line.split()
            rows.setdefault(scenario, []).append((int(users), float(cpu), float(rate)))
    return rows


def table(rows):
    for scenario, points in rows.items():
        first = points[0]
        for users, cpu, rate in points:
            print(f"{scenario:8} {users:>10,} users {cpu:8.2f} us CPU {rate:8.0f} per s   growth {cpu / first[1]:5.2f}")


class Scale:
    """Users on a logarithmic axis; the ratio to the smallest database on a linear axis from 0."""

    def __init__(self, rows):
        users = [point[0] for points in rows.values() for point in points]
        ratios = [point[1] / points[0][1] for points in rows.values() for point in points]
        self.low, self.high = math.log10(min(users)), math.log10(max(users))
        self.top = max(1.5, max(ratios) * 1.1)

    def x(self, users):
        span = (self.high - self.low) or 1
        return LEFT + (math.log10(users) - self.low) / span * (WIDTH - LEFT - RIGHT)

    def y(self, ratio):
        return HEIGHT - BOTTOM - ratio / self.top * (HEIGHT - TOP - BOTTOM)


def text(x, y, words, anchor="middle", colour="#3f3f46"):
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def axes(scale):
    right = WIDTH - RIGHT
    for step in range(int(scale.top / 0.25) + 1):
        y = scale.y(step * 0.25)
        yield f'<path d="M{LEFT} {y:.1f}H{right}" stroke="#e4e4e7"/>'
        yield text(LEFT - 8, y + 4, f"{step * 0.25:.2f}", "end")
    for power in range(math.ceil(scale.low), math.floor(scale.high) + 1):
        yield text(scale.x(10**power), HEIGHT - BOTTOM + 18, f"{10**power:,}")
    yield f'<path d="M{LEFT} {scale.y(GOAL):.1f}H{right}" stroke="#a1a1aa" stroke-dasharray="4 4"/>'
    yield text((LEFT + right) / 2, HEIGHT - 12, "users in the database")
    yield text(LEFT, 18, "CPU time of the server for a request, relative to the smallest database", "start")


def apart(labels, least=14):
    """Moves labels down so that none covers another."""
    placed = []
    for y, words, colour in sorted(labels):
        y = max(y, placed[-1][0] + least) if placed else y
        placed.append((y, words, colour))
    return placed


def lines(rows, scale):
    labels = []
    for (scenario, points), colour in zip(rows.items(), COLOURS):
        places = [(scale.x(users), scale.y(cpu / points[0][1])) for users, cpu, _ in points]
        yield f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in places)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        yield from (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places)
        labels.append((places[-1][1] + 4, f"{scenario} {points[-1][1] / points[0][1]:.2f}", colour))
    for y, words, colour in apart(labels):
        yield text(WIDTH - RIGHT + 10, y, words, "start", colour)


def main():
    rows = read(sys.argv[1])
    table(rows)
    scale = Scale(rows)
    with open(sys.argv[2], "w", encoding="utf-8") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">\n'
                   f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n')
        file.writelines(piece + "\n" for piece in [*axes(scale), *lines(rows, scale)])
        file.write("</svg>\n")


if __name__ == "__main__":
    main()
