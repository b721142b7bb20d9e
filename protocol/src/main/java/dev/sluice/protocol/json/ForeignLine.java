package dev.sluice.protocol.json;

/// A line that is not a message: noise on standard output, a message from the future, a record cut short.
///
/// @param reason what is wrong with it, as the end of a sentence: "is not JSON"
/// @param text its beginning, at most [#MAX_TEXT] characters; may hold customer data when a record was lost
/// @param length of the whole line, in bytes
public record ForeignLine(String reason, String text, long length, Loss loss) implements Line {
    /// What went with the line.
    public enum Loss {
        NOTHING,
        /// A record that carries nothing: to be counted, so that totals can be explained.
        EMPTY_RECORD,
        /// It looks like a state: the next sync begins before it.
        STATE,
        /// It looks like a record; then a row was lost and the sync must say so.
        RECORD
    }

    /// Enough to recognise a line, little enough for a log.
    public static final int MAX_TEXT = 10_000;

    public boolean lostRecord() {
        return loss == Loss.RECORD;
    }
}
