"""Prints, for each directory given on standard input, what fail2ban makes of it, as `fail2ban-client -d` does."""
import json, logging, sys
from fail2ban.client.configurator import Configurator
from fail2ban.server.mytime import MyTime

logging.disable(logging.CRITICAL)
for directory in sys.stdin.read().split():
    configurator = Configurator()
    configurator.setBaseDir(directory)
    try:
        configurator.readAll()
        configurator.getOptions()
        configurator.convertToProtocol(allow_no_files=True)
        stream = configurator.getConfigStream()
        for command in stream:
            if command[0] == "set" and command[2] in ("bantime", "findtime"):
                try:
                    command.append(MyTime.str2seconds(command[3]))
                except Exception:
                    command.append(None)
        print(json.dumps({"stream": stream}))
    except Exception as error:
        print(json.dumps({"error": repr(error)}))
