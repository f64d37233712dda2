#!/usr/bin/env python3
"""Writes src/base/zones.txt from this machine's time zone database (Debian: tzdata). Run by make zones.

One line for each name of the IANA database, in the order of the names without regard to case:

    Arctic/Longyearbyen = Europe/Berlin
    Asia/Tokyo 540 540
    Europe/Berlin 60 60 120 3 5 0 120 10 5 0 180 : 10520220+60 ...

A line without "=" holds minutes east of Greenwich: the offset at 1970-01-01, then the standard offset
from the last transition on. Where daylight saving time goes on for ever, its offset follows, then when it
begins and when it ends: month, week (5: the last one), day of the week (0: Sunday), minutes after local
midnight. Behind ":" are the transitions since 1970 that this rule does not give: minutes since 1970,
and the offset from then on. An offset with seconds (Monrovia, until 1972) is cut to minutes.
"""
import datetime
import os
import re
import struct
import sys

ROOT = "/usr/share/zoneinfo"
EPOCH = datetime.date(1970, 1, 1)
LAST_YEAR = 2100


def read_names():
    """Every zone and link but Factory, which means "not set"."""
    with open(os.path.join(ROOT, "tzdata.zi")) as f:
        lines = [line.split() for line in f]
    names = [line[1] if line[0] == "Z" else line[2] for line in lines if line[0] in "ZL"]
    return sorted(set(names) - {"Factory"}, key=str.lower)


def header(data, at):
    return struct.unpack(">6I", data[at + 20:at + 44])


def read_file(name):
    """Transitions as (seconds, offset), the first offset, and the POSIX rule (RFC 8536)."""
    with open(os.path.join(ROOT, name), "rb") as f:
        data = f.read()
    isut, isstd, leap, times, types, chars = header(data, 0)
    at = 44 + times * 5 + types * 6 + chars + leap * 8 + isstd + isut
    isut, isstd, leap, times, types, chars = header(data, at)
    at += 44
    moments = struct.unpack(">%dq" % times, data[at:at + 8 * times])
    at += 8 * times
    kinds = data[at:at + times]
    at += times
    offsets = [struct.unpack(">i", data[at + 6 * i:at + 6 * i + 4])[0] for i in range(types)]
    at += 6 * types + chars + 12 * leap + isstd + isut
    return [(t, offsets[k]) for t, k in zip(moments, kinds)], offsets[0], data[at:].decode().strip()


def seconds(text):
    """"-2:30" in seconds."""
    sign = -1 if text.startswith("-") else 1
    parts = [int(p) for p in text.lstrip("+-").split(":")] + [0, 0]
    return sign * (parts[0] * 3600 + parts[1] * 60 + parts[2])


class Rule:
    """What a POSIX TZ string such as CET-1CEST,M3.5.0,M10.5.0/3 says."""

    def __init__(self, text):
        name = r"(?:<[^>]+>|[A-Za-z]+)"
        m = re.fullmatch(name + r"([-+:\d]+)(?:" + name + r"([-+:\d]+)?,(.+),(.+))?", text)
        self.standard, self.days = -seconds(m[1]), []
        if m[3]:
            self.summer = -seconds(m[2]) if m[2] else self.standard + 3600
            self.days = [self.read_day(m[3]), self.read_day(m[4])]

    @staticmethod
    def read_day(text):
        m = re.fullmatch(r"M(\d+)\.(\d)\.(\d)(?:/([-+:\d]+))?", text)
        return int(m[1]), int(m[2]), int(m[3]), seconds(m[4] or "2")

    @staticmethod
    def moment(year, day, offset):
        month, week, weekday, after = day
        first = datetime.date(year, month, 1)
        date = first + datetime.timedelta((weekday - first.isoweekday()) % 7 + 7 * (week - 1))
        while date.month != month:
            date -= datetime.timedelta(7)
        return (date - EPOCH).days * 86400 + after - offset

    def transitions(self):
        """(seconds, offset) from 1970 to LAST_YEAR."""
        found = []
        for year in range(1970, LAST_YEAR + 1) if self.days else []:
            found.append((self.moment(year, self.days[0], self.standard), self.summer))
            found.append((self.moment(year, self.days[1], self.summer), self.standard))
        return sorted(found)

    def fields(self):
        numbers = [self.standard]
        if self.days:
            numbers.append(self.summer)
            for day in self.days:
                numbers += day[:3] + (day[3],)
        return numbers


def since_1970(transitions, offset):
    kept = []
    for at, new in transitions:
        if at > 0 and new != offset:
            kept.append((at, new))
        offset = new if at <= 0 or new != offset else offset
    first = [new for at, new in transitions if at <= 0]
    return kept, first[-1] if first else None


def strip(transitions, rule):
    """Without those at the end that the rule gives; one stays, behind which the rule begins."""
    given = dict(rule.transitions())
    while len(transitions) > 1 and given.get(transitions[-1][0]) == transitions[-1][1]:
        before = transitions[-2][0]
        # The rule must say nothing else between the one before and this one.
        if any(before < at < transitions[-1][0] for at in given):
            break
        transitions = transitions[:-1]
    return transitions


def minutes(value):
    return int(value / 60)


def line_of(name):
    raw, first, posix = read_file(name)
    rule = Rule(posix)
    transitions, at_1970 = since_1970(raw, first)
    transitions = strip(transitions, rule)
    numbers = rule.fields()
    text = [minutes(first if at_1970 is None else at_1970), minutes(numbers[0])]
    if rule.days:
        text += [minutes(numbers[1]), *numbers[2:5], minutes(numbers[5]), *numbers[6:9], minutes(numbers[9])]
    parts = " ".join(map(str, text))
    if transitions:
        parts += " : " + " ".join("%d%+d" % (minutes(at), minutes(offset)) for at, offset in transitions)
    return parts


def main():
    seen = {}
    for name in read_names():
        text = line_of(name)
        print(name, "= " + seen[text] if text in seen else text)
        seen.setdefault(text, name)


if __name__ == "__main__":
    sys.exit(main())
