package dev.sluice.protocol.json;

/// A line that is not a message: noise on standard output, a message from the future, a record cut short.
///
/// @param reason what is wrong with it, as the end of a sentence: "is not JSON"
/// @param text its beginning, at most [#MAX_TEXT] characters; may hold customer data when `lostRecord`
/// @param length of the whole line, in bytes
/// @param lostRecord whether it looks like a record; then a row was lost and the sync must say so
public record ForeignLine(String reason, String text, long length, boolean lostRecord) implements Line {
    /// Enough to recognise a line, little enough for a log.
    public static final int MAX_TEXT = 10_000;
}
