"""Airbyte's source-commcare, unmodified, for another address than the one that is fixed in its code.

The address is the setting base_url, which the connector itself does not know.
"""

import json
import sys

from source_commcare.run import run
from source_commcare.source import CommcareStream

if "--config" in sys.argv:
    with open(sys.argv[sys.argv.index("--config") + 1]) as file:
        address = json.load(file)["base_url"]
    CommcareStream.url_base = property(lambda stream: f"{address}/a/{stream.project_space}/api/v0.5/")

run()
