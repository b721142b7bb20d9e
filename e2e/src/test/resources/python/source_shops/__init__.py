"""A low-code connector, as a package: all it is lies in manifest.yaml."""

from airbyte_cdk.entrypoint import AirbyteEntrypoint
from airbyte_cdk.sources.declarative.yaml_declarative_source import YamlDeclarativeSource


class SourceShops(YamlDeclarativeSource):
    @classmethod
    def of(cls, arguments):
        catalog = AirbyteEntrypoint.extract_catalog(arguments)
        config = AirbyteEntrypoint.extract_config(arguments)
        state = AirbyteEntrypoint.extract_state(arguments)
        return cls(
            catalog=cls.read_catalog(catalog) if catalog else None,
            config=cls.read_config(config) if config else None,
            state=cls.read_state(state) if state else None,
            path_to_yaml="manifest.yaml",
        )
