"""Fails when a test report tells of a skipped test: no_skips.py [CLASS that may be skipped ...]."""

import glob
import sys
import xml.etree.ElementTree as tree

allowed = set(sys.argv[1:])
tests = 0
skipped = []
for kind in ("surefire", "failsafe"):
    for report in glob.glob(f"*/target/{kind}-reports/TEST-*.xml"):
        for case in tree.parse(report).getroot().iter("testcase"):
            tests += 1
            reason = case.find("skipped")
            if reason is not None and case.get("classname") not in allowed:
                skipped.append(
                    f"{case.get('classname')}.{case.get('name')}: {reason.get('message')}"
                )
for line in skipped:
    print(f"skipped: {line}", file=sys.stderr)
print(f"{tests - len(skipped)} tests ran, {len(skipped)} skipped that should have run")
sys.exit(1 if skipped or tests == 0 else 0)
