"""Runs ufw's own command line many times over, without starting Python for each.

Standard input is JSON: whether IPv6 is managed, lines for before.rules, and the arguments of each call.
An insert or delete at a position that is not there changes nothing, as on any machine.
"""

import json
import os
import runpy
import sys

import ufw.backend_iptables  # noqa: F401  (loaded once, for every call)
import ufw.frontend  # noqa: F401

asked = json.load(sys.stdin)
with open("/etc/default/ufw", "r+") as defaults:
    text = defaults.read()
    defaults.seek(0)
    defaults.truncate()
    defaults.write(text.replace("IPV6=yes", f"IPV6={'yes' if asked['ipv6'] else 'no'}"))
with open("/etc/ufw/before.rules", "a") as before:
    before.write("\n".join([*asked["before"], ""]))
for argv in asked["calls"]:
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        sys.argv = ["/usr/sbin/ufw", *argv]
        runpy.run_path("/usr/sbin/ufw", run_name="__main__")
        sys.exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code != 0 and not {"insert", "delete"} & set(argv):
        sys.exit(f"ufw refused: {' '.join(argv)}")
