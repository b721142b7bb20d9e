"""What a user of PyAirbyte writes, with images of ours.

    pyairbyte_user.py read  SOURCE                reads all its streams into the cache ./cache
    pyairbyte_user.py write SOURCE DESTINATION    writes them there, and has only the states in ./cache

SOURCE and DESTINATION are files: {"name": …, "image": …, "config": {…}, "streams": …}. The last line of the output
says what happened, as JSON.
"""

import json
import sys
from pathlib import Path

import airbyte as ab


def connector(get, file):
    said = json.loads(Path(file).read_text())
    made = get(said["name"], config=said["config"], docker_image=said["image"], use_host_network=True)
    made.check()
    return made, said


source, said = connector(ab.get_source, sys.argv[2])
available = source.get_available_streams()
source.select_streams(said["streams"])
cache = ab.new_local_cache("cache", cache_dir="cache")

if sys.argv[1] == "read":
    result = source.read(cache)
else:
    destination, _ = connector(ab.get_destination, sys.argv[3])
    result = destination.write(source, cache=False, state_cache=cache)

print(json.dumps({"available": available, "records": result.processed_records}))
