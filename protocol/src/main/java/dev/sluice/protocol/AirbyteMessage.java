package dev.sluice.protocol;

/// One line of a connector's standard input or output.
public sealed interface AirbyteMessage
        permits AirbyteRecordMessage,
                AirbyteStateMessage,
                AirbyteLogMessage,
                ConnectorSpecification,
                AirbyteConnectionStatus,
                AirbyteCatalog,
                AirbyteTraceMessage,
                AirbyteControlMessage,
                DestinationCatalog {}
