"""Sets firewalld up by its own command line and starts it, once; run as the first process of a PID namespace.

Standard input is JSON: the arguments of each call of firewall-offline-cmd before it starts, and of
firewall-cmd behind it. Its rules stay in the kernel when it is killed with this process.
"""

import json
import os
import runpy
import subprocess
import sys
import time

import dbus
import firewall.client  # noqa: F401  (loaded once, for every call)
import firewall.core.fw  # noqa: F401


def call(program, argv):
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        sys.argv = [program, *argv]
        runpy.run_path(f"/usr/bin/{program}", run_name="__main__")
        sys.exit(0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit(f"{program} refused: {' '.join(argv)}")


def wait():
    """In a process of its own: firewall-cmd wants a bus connection that nobody has used."""
    child = os.fork()
    if child != 0:
        if os.waitpid(child, 0)[1] != 0:
            sys.exit(open("/tmp/firewalld.log").read())
        return
    bus = dbus.SystemBus()
    patience = time.monotonic() + 30
    while not running(bus):
        if time.monotonic() > patience:
            os._exit(1)
        time.sleep(0.02)
    os._exit(0)


def running(bus):
    try:
        daemon = bus.get_object("org.fedoraproject.FirewallD1", "/org/fedoraproject/FirewallD1")
        properties = dbus.Interface(daemon, "org.freedesktop.DBus.Properties")
        return properties.Get("org.fedoraproject.FirewallD1", "state") == "RUNNING"
    except dbus.exceptions.DBusException:
        return False


asked = json.load(sys.stdin)
for argv in asked["before"]:
    call("firewall-offline-cmd", argv)
os.makedirs("/run/dbus", exist_ok=True)
subprocess.run(["dbus-daemon", "--system", "--fork", "--nopidfile"], check=True)
log = open("/tmp/firewalld.log", "w")
subprocess.Popen(["/usr/sbin/firewalld", "--nofork", "--nopid"], stdout=log, stderr=log)
wait()
for argv in asked["after"]:
    call("firewall-cmd", argv)
