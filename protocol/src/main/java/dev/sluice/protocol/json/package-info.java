/// Lines to messages and back; the only place that configures Jackson.
///
/// The reader is tolerant: whatever a connector prints is a [Line], and what is not a message is a
/// [ForeignLine] that says why. A RECORD is recognised without parsing its data ([RecordLine]). The writer is
/// exact: one message, one line, valid against the published schema. Numbers never pass through `double`.
package dev.sluice.protocol.json;
