"""A destination on Airbyte's kit, as a user of the kit writes one: a file of JSON lines for each stream, under /local.

It runs with kits that are years apart. Nothing in here is about our runner.
"""

import json
import logging
import sys
from pathlib import Path

from airbyte_cdk.destinations import Destination
from airbyte_cdk.models import (
    AirbyteConnectionStatus,
    ConnectorSpecification,
    DestinationSyncMode,
    Status,
    Type,
)

logger = logging.getLogger("airbyte")


class DestinationJsonl(Destination):
    def spec(self, *args, **kwargs):
        return ConnectorSpecification(
            documentationUrl="https://docs.example.org/jsonl",
            supportsIncremental=True,
            supported_destination_sync_modes=[DestinationSyncMode.append, DestinationSyncMode.overwrite],
            connectionSpecification={
                "$schema": "http://json-schema.org/draft-07/schema#",
                "title": "JSON lines",
                "type": "object",
                "required": ["directory"],
                "properties": {"directory": {"type": "string", "description": "below /local"}},
                "additionalProperties": False,
            },
        )

    def check(self, logger, config):
        try:
            directory = self.directory(config)
            (directory / ".probe").write_text("")
            (directory / ".probe").unlink()
        except OSError as error:
            return AirbyteConnectionStatus(status=Status.FAILED, message=f"cannot write there: {error}")
        return AirbyteConnectionStatus(status=Status.SUCCEEDED)

    def write(self, config, configured_catalog, input_messages):
        directory = self.directory(config)
        files = {}
        for configured in configured_catalog.streams:
            mode = "w" if configured.destination_sync_mode == DestinationSyncMode.overwrite else "a"
            files[configured.stream.name] = (directory / f"{configured.stream.name}.jsonl").open(mode)
        for message in input_messages:
            if message.type == Type.RECORD:
                files[message.record.stream].write(json.dumps(message.record.data) + "\n")
            elif message.type == Type.STATE:
                for file in files.values():
                    file.flush()
                yield message
            else:
                logger.info(f"passing over a message of type {message.type}")
        for file in files.values():
            file.close()

    @staticmethod
    def directory(config):
        directory = Path("/local") / config["directory"]
        directory.mkdir(parents=True, exist_ok=True)
        return directory


DestinationJsonl().run(sys.argv[1:])
