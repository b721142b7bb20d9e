package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.StreamDescriptor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// Recognises a RECORD in a line: type, stream, namespace, time, and where `data` lies. Walks over strings and
/// nesting in any key order without building anything. Expects a line feed behind the line, which stops every
/// loop, and eight bytes behind that.
///
/// Most records are like the one before: what a line has beside its values is remembered as a [RecordShape], and
/// the next line is first held against it.
final class RecordScanner extends JsonWalk {
    enum Verdict {
        RECORD,
        /// Some other type, to be parsed.
        OTHER_MESSAGE,
        /// Not a JSON object, or cut short.
        MALFORMED,
        /// A record that carries nothing: its data is absent, null or empty.
        EMPTY_RECORD,
        /// A record without a stream, or whose data is no object.
        UNUSABLE_RECORD
    }

    private static final byte[] TYPE = "type".getBytes(UTF_8);
    private static final byte[] RECORD = "record".getBytes(UTF_8);
    private static final byte[] RECORD_TYPE = "RECORD".getBytes(UTF_8);
    private static final byte[] STREAM = "stream".getBytes(UTF_8);
    private static final byte[] NAMESPACE = "namespace".getBytes(UTF_8);
    private static final byte[] DATA = "data".getBytes(UTF_8);
    private static final byte[] META = "meta".getBytes(UTF_8);
    private static final byte[] EMITTED_AT = "emitted_at".getBytes(UTF_8);

    /// The parts found, filled in by [#scan].
    private int nameStart;

    private int nameEnd;
    private int spaceStart;
    private int spaceEnd;

    /// Whether `data` is a value that is neither an object nor empty.
    private boolean hasOtherData;

    /// The values of the line: where each begins and ends.
    private int[] starts = new int[64];

    private int[] ends = new int[64];
    private int values;
    private int dataFirst;
    private int dataLast;
    private int emittedAt;
    private int meta;

    /// Sources that read several streams at once print their records mixed, and many leave out what is null.
    private final RecordShape[] shapes = new RecordShape[16];

    private int lastShape;
    private int oldestShape;

    /// The last descriptor and the bytes it was made from: records of one stream come in runs.
    private StreamDescriptor lastStream;

    private byte[] lastName = {};
    private byte[] lastSpace = {};

    /// Whether a record that is like an earlier one begins at `start`, with its line feed before `limit`. Fills in
    /// `line`. When it is not, or has not come whole yet, nothing is known.
    ///
    /// Whether the line is UTF-8 is for the caller, unless [#seen] is ASCII.
    boolean isLikeBefore(byte[] bytes, int start, int limit, RecordLine line) {
        RecordShape shape = shapes[lastShape];
        if (shape == null) {
            return false;
        }
        buf = bytes;
        pos = start;
        seen = 0;
        if (!isNext(shape, 0, shape.ends()[0])) {
            shape = otherShape(shape, 0);
            if (shape == null) {
                return false;
            }
        }
        pos += shape.ends()[0];
        for (int i = 0; i < shape.ends().length - 1; i++) {
            starts[i] = pos;
            if (!skipValue()) {
                return false;
            }
            ends[i] = pos;
            int from = shape.ends()[i];
            if (!isNext(shape, from, shape.ends()[i + 1])) {
                shape = otherShape(shape, i + 1);
                if (shape == null) {
                    return false;
                }
            }
            pos += shape.ends()[i + 1] - from;
        }
        int end = pos;
        skipBlanks();
        if (pos >= limit || buf[pos] != '\n') {
            return false;
        }
        line.bytes = bytes;
        line.start = start;
        line.end = end;
        line.trailing = 0;
        line.stream = shape.stream();
        line.shape = shape;
        line.dataStart = starts[shape.dataFirst()] - shape.dataBefore();
        line.dataEnd = ends[shape.dataLast()] + shape.dataBehind();
        line.recordEnd = ends[shape.recordLast()] + shape.recordBehind();
        setTimeAndMeta(line, shape.emittedAt(), shape.meta());
        return true;
    }

    /// One that begins with the same `count` pieces, and whose next piece comes next; else null.
    private RecordShape otherShape(RecordShape shape, int count) {
        for (int i = 0; i < shapes.length && shapes[i] != null; i++) {
            RecordShape other = shapes[i];
            if (i != lastShape
                    && other.beginsLike(shape, count)
                    && isNext(other, count == 0 ? 0 : other.ends()[count - 1], other.ends()[count])) {
                lastShape = i;
                return other;
            }
        }
        return null;
    }

    private void setTimeAndMeta(RecordLine line, int emittedAt, int meta) {
        line.emittedAtStart = emittedAt < 0 ? 0 : starts[emittedAt];
        line.emittedAtEnd = emittedAt < 0 ? 0 : ends[emittedAt];
        boolean hasMeta = meta >= 0 && buf[starts[meta]] == '{';
        line.metaStart = hasMeta ? starts[meta] : 0;
        line.metaEnd = hasMeta ? ends[meta] : 0;
    }

    /// Whether these bytes of the shape's text come next.
    private boolean isNext(RecordShape shape, int from, int to) {
        byte[] pieces = shape.pieces();
        int i = pos;
        if (i + to - from + 8 > buf.length) {
            return false;
        }
        int at = from;
        for (; at + 8 <= to; at += 8, i += 8) {
            if ((long) LONGS.get(pieces, at) != (long) LONGS.get(buf, i)) {
                return false;
            }
        }
        // Shifting by 64 would be shifting by 0.
        int rest = to - at;
        return rest == 0 || ((long) LONGS.get(pieces, at) ^ (long) LONGS.get(buf, i)) << (64 - 8 * rest) == 0;
    }

    private void remember(byte[] bytes, RecordLine line) {
        line.shape = null;
        int text = line.end - line.start;
        for (int i = 0; i < values; i++) {
            text -= ends[i] - starts[i];
        }
        if (values > RecordShape.MAX_VALUES || text > RecordShape.MAX_TEXT) {
            return;
        }
        byte[] pieces = new byte[text + 8];
        int[] pieceEnds = new int[values + 1];
        int recordLast = 0;
        int at = 0;
        int from = line.start;
        for (int i = 0; i <= values; i++) {
            int to = i < values ? starts[i] : line.end;
            System.arraycopy(bytes, from, pieces, at, to - from);
            at += to - from;
            pieceEnds[i] = at;
            if (i < values) {
                from = ends[i];
                recordLast = ends[i] <= line.recordEnd ? i : recordLast;
            }
        }
        line.shape = new RecordShape(
                line.stream,
                pieces,
                pieceEnds,
                dataFirst,
                starts[dataFirst] - line.dataStart,
                dataLast,
                line.dataEnd - ends[dataLast],
                recordLast,
                line.recordEnd - ends[recordLast],
                emittedAt,
                meta);
        lastShape = oldestShape;
        oldestShape = (oldestShape + 1) % shapes.length;
        shapes[lastShape] = line.shape;
    }

    private void value(int start) {
        if (values == starts.length) {
            starts = Arrays.copyOf(starts, 2 * values);
            ends = Arrays.copyOf(ends, 2 * values);
        }
        starts[values] = start;
        ends[values++] = pos;
    }

    /// Fills in `line` when the verdict is RECORD.
    Verdict scan(byte[] bytes, int start, int end, RecordLine line) {
        buf = bytes;
        pos = start;
        boolean isRecord = false;
        boolean sawType = false;
        nameStart = -1;
        spaceStart = -1;
        values = 0;
        emittedAt = -1;
        meta = -1;
        hasOtherData = false;
        line.dataStart = -1;
        line.dataEnd = -1;
        line.recordEnd = -1;

        skipBlanks();
        if (buf[pos] != '{') {
            return Verdict.MALFORMED;
        }
        pos++;
        skipBlanks();
        if (buf[pos] == '}') {
            return Verdict.OTHER_MESSAGE;
        }
        while (true) {
            int keyStart = pos + 1;
            if (!skipString()) {
                return Verdict.MALFORMED;
            }
            int keyEnd = pos - 1;
            if (!skipColon()) {
                return Verdict.MALFORMED;
            }
            int valueStart = pos;
            if (matches(keyStart, keyEnd, TYPE)) {
                if (!skipValue()) {
                    return Verdict.MALFORMED;
                }
                sawType = true;
                isRecord = buf[valueStart] == '"' && matches(valueStart + 1, pos - 1, RECORD_TYPE);
                if (!isRecord) {
                    return Verdict.OTHER_MESSAGE;
                }
            } else if (matches(keyStart, keyEnd, RECORD) && buf[pos] == '{') {
                if (!scanRecord(line)) {
                    return Verdict.MALFORMED;
                }
            } else {
                if (!skipValue()) {
                    return Verdict.MALFORMED;
                }
                value(valueStart);
            }
            skipBlanks();
            byte next = buf[pos++];
            if (next == '}') {
                break;
            }
            if (next != ',') {
                return Verdict.MALFORMED;
            }
            skipBlanks();
        }
        if (!sawType || !isRecord) {
            return Verdict.OTHER_MESSAGE;
        }
        line.bytes = bytes;
        line.start = start;
        line.end = pos;
        skipBlanks();
        line.trailing = Math.max(0, end - pos);
        if (line.dataStart < 0) {
            return hasOtherData ? Verdict.UNUSABLE_RECORD : Verdict.EMPTY_RECORD;
        }
        if (nameStart < 0) {
            return Verdict.UNUSABLE_RECORD;
        }
        line.stream = descriptor();
        setTimeAndMeta(line, emittedAt, meta);
        remember(bytes, line);
        return Verdict.RECORD;
    }

    private boolean scanRecord(RecordLine line) {
        pos++;
        skipBlanks();
        if (buf[pos] == '}') {
            line.recordEnd = pos++;
            return true;
        }
        while (true) {
            int keyStart = pos + 1;
            if (!skipString()) {
                return false;
            }
            int keyEnd = pos - 1;
            if (!skipColon()) {
                return false;
            }
            int valueStart = pos;
            if (matches(keyStart, keyEnd, DATA)) {
                if (!scanData(line)) {
                    return false;
                }
            } else {
                if (!skipValue()) {
                    return false;
                }
                if (matches(keyStart, keyEnd, STREAM) && buf[valueStart] == '"') {
                    nameStart = valueStart + 1;
                    nameEnd = pos - 1;
                } else if (matches(keyStart, keyEnd, NAMESPACE)) {
                    boolean isText = buf[valueStart] == '"';
                    spaceStart = isText ? valueStart + 1 : -1;
                    spaceEnd = pos - 1;
                } else {
                    emittedAt = matches(keyStart, keyEnd, EMITTED_AT) ? values : emittedAt;
                    meta = matches(keyStart, keyEnd, META) ? values : meta;
                    value(valueStart);
                }
            }
            skipBlanks();
            byte next = buf[pos++];
            if (next == '}') {
                line.recordEnd = pos - 1;
                return true;
            }
            if (next != ',') {
                return false;
            }
            skipBlanks();
        }
    }

    private boolean scanData(RecordLine line) {
        int start = pos;
        line.dataStart = -1;
        if (buf[pos] != '{') {
            boolean isNull = buf[pos] == 'n';
            boolean isArray = buf[pos] == '[';
            if (!skipValue()) {
                return false;
            }
            hasOtherData = !isNull && !(isArray && isBlank(start + 1, pos - 1));
            return true;
        }
        hasOtherData = false;
        pos++;
        skipBlanks();
        if (buf[pos] == '}') {
            pos++;
            return true;
        }
        dataFirst = values;
        while (true) {
            if (!skipString() || !skipColon()) {
                return false;
            }
            int valueStart = pos;
            if (!skipValue()) {
                return false;
            }
            value(valueStart);
            skipBlanks();
            byte next = buf[pos++];
            if (next == '}') {
                break;
            }
            if (next != ',') {
                return false;
            }
            skipBlanks();
        }
        dataLast = values - 1;
        line.dataStart = start;
        line.dataEnd = pos;
        return true;
    }

    private boolean isBlank(int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isBlank(buf[i])) {
                return false;
            }
        }
        return true;
    }

    private StreamDescriptor descriptor() {
        int spaceLength = spaceStart < 0 ? 0 : spaceEnd - spaceStart;
        int spaceFrom = Math.max(spaceStart, 0);
        if (lastStream != null
                && Arrays.equals(buf, nameStart, nameEnd, lastName, 0, lastName.length)
                && Arrays.equals(buf, spaceFrom, spaceFrom + spaceLength, lastSpace, 0, lastSpace.length)) {
            return lastStream;
        }
        lastName = Arrays.copyOfRange(buf, nameStart, nameEnd);
        lastSpace = Arrays.copyOfRange(buf, spaceFrom, spaceFrom + spaceLength);
        lastStream = new StreamDescriptor(unescape(lastName), Optional.of(unescape(lastSpace)));
        return lastStream;
    }

    private static String unescape(byte[] utf8) {
        String text = new String(utf8, UTF_8);
        if (text.indexOf('\\') < 0) {
            return text;
        }
        try {
            return Json.mapper().readValue('"' + text + '"', String.class);
        } catch (IOException e) {
            return text;
        }
    }

    private boolean matches(int from, int to, byte[] expected) {
        return Arrays.equals(buf, from, to, expected, 0, expected.length);
    }
}
