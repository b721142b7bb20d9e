package dev.sluice.protocol.json;

/// One line a connector printed.
public sealed interface Line permits RecordLine, LongRecordLine, MessageLine, ForeignLine {}
