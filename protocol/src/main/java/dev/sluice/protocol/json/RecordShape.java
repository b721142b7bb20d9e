package dev.sluice.protocol.json;

import dev.sluice.protocol.StreamDescriptor;
import java.util.Arrays;

/// What a record most likely has in common with the next one of its stream: everything but the values. A line is
/// pieces of text with a value behind each but the last:
///
/// ```
/// {"type":"RECORD","record":{"stream":"users","emitted_at":‥,"data":{"id":‥,"name":‥}}}
/// ```
///
/// A line of the same pieces is of the same stream, and its data has the same properties in the same order; that
/// is seen by comparing bytes, without looking at a single key. Values are known by their number in the line.
///
/// @param pieces one behind the other, and eight bytes more, so that they can be compared eight at a time
/// @param ends where each piece ends
/// @param dataFirst the first value of `data`
/// @param dataBefore how far before it `data` begins
/// @param dataLast the last value of `data`
/// @param dataBehind how far behind it `data` ends
/// @param recordLast the last value of `record`
/// @param recordBehind how far behind it the closing brace of `record` is
/// @param emittedAt -1 when it has none
/// @param meta -1 when it has none
record RecordShape(
        StreamDescriptor stream,
        byte[] pieces,
        int[] ends,
        int dataFirst,
        int dataBefore,
        int dataLast,
        int dataBehind,
        int recordLast,
        int recordBehind,
        int emittedAt,
        int meta) {
    /// More than these are not worth remembering.
    static final int MAX_VALUES = 10_000;

    static final int MAX_TEXT = 512 << 10;

    /// Whether this one has the first `count` pieces of the other, and another one behind them.
    boolean beginsLike(RecordShape other, int count) {
        if (ends.length <= count || !Arrays.equals(ends, 0, count, other.ends, 0, count)) {
            return false;
        }
        int text = count == 0 ? 0 : ends[count - 1];
        return Arrays.equals(pieces, 0, text, other.pieces, 0, text);
    }
}
