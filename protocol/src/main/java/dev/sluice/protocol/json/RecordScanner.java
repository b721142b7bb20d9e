package dev.sluice.protocol.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.protocol.StreamDescriptor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/// Recognises a RECORD in a line: type, stream, namespace, time, and where `data` lies. Walks over strings and
/// nesting in any key order without building anything, at about a gigabyte per second; what is inside `data`
/// is not looked at. Expects a line feed behind the line, which stops every loop.
final class RecordScanner extends JsonWalk {
    enum Verdict {
        RECORD,
        /// Some other type, to be parsed.
        OTHER_MESSAGE,
        /// Not a JSON object, or cut short.
        MALFORMED,
        /// A record without data, or whose data is null or empty: there is nothing in it to lose.
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

    /// Whether `data` is something that is neither an object nor null.
    private boolean hasOtherData;

    /// The last descriptor and the bytes it was made from: records of one stream come in runs.
    private StreamDescriptor lastStream;

    private byte[] lastName = {};
    private byte[] lastSpace = {};

    /// Fills in `line` when the verdict is RECORD.
    Verdict scan(byte[] bytes, int start, int end, RecordLine line) {
        buf = bytes;
        pos = start;
        boolean isRecord = false;
        boolean sawType = false;
        boolean sawRecord = false;
        nameStart = -1;
        spaceStart = -1;
        line.dataStart = -1;
        hasOtherData = false;
        line.dataEnd = -1;
        line.metaStart = 0;
        line.metaEnd = 0;
        line.emittedAt = RecordLine.NO_TIME;

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
            if (matches(keyStart, keyEnd, TYPE)) {
                int valueStart = pos + 1;
                if (!skipValue()) {
                    return Verdict.MALFORMED;
                }
                sawType = true;
                isRecord = matches(valueStart, pos - 1, RECORD_TYPE);
                if (!isRecord) {
                    return Verdict.OTHER_MESSAGE;
                }
            } else if (matches(keyStart, keyEnd, RECORD)) {
                sawRecord = true;
                if (!scanRecord(line)) {
                    return Verdict.MALFORMED;
                }
            } else if (!skipValue()) {
                return Verdict.MALFORMED;
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
        if (!sawRecord || nameStart < 0) {
            return Verdict.UNUSABLE_RECORD;
        }
        if (line.dataStart < 0) {
            return hasOtherData ? Verdict.UNUSABLE_RECORD : Verdict.EMPTY_RECORD;
        }
        line.stream = descriptor();
        return Verdict.RECORD;
    }

    private boolean scanRecord(RecordLine line) {
        if (buf[pos] != '{') {
            return skipValue();
        }
        pos++;
        line.recordStart = pos;
        skipBlanks();
        if (buf[pos] == '}') {
            pos++;
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
            if (!skipValue()) {
                return false;
            }
            // One look at length and first letter settles almost every key.
            switch (keyEnd - keyStart) {
                case 4 -> {
                    if (matches(keyStart, keyEnd, DATA)) {
                        boolean isObject = buf[valueStart] == '{' && !isEmptyObject(valueStart);
                        line.dataStart = isObject ? valueStart : -1;
                        line.dataEnd = isObject ? pos : -1;
                        hasOtherData = buf[valueStart] != '{' && buf[valueStart] != 'n';
                    } else if (matches(keyStart, keyEnd, META) && buf[valueStart] == '{') {
                        line.metaStart = valueStart;
                        line.metaEnd = pos;
                    }
                }
                case 6 -> {
                    if (matches(keyStart, keyEnd, STREAM) && buf[valueStart] == '"') {
                        nameStart = valueStart + 1;
                        nameEnd = pos - 1;
                    }
                }
                case 9 -> {
                    if (matches(keyStart, keyEnd, NAMESPACE)) {
                        boolean isText = buf[valueStart] == '"';
                        spaceStart = isText ? valueStart + 1 : -1;
                        spaceEnd = pos - 1;
                    }
                }
                case 10 -> {
                    if (matches(keyStart, keyEnd, EMITTED_AT)) {
                        line.emittedAt = wholeNumber(valueStart, pos);
                    }
                }
                default -> {}
            }
            skipBlanks();
            byte next = buf[pos++];
            if (next == '}') {
                return true;
            }
            if (next != ',') {
                return false;
            }
            skipBlanks();
        }
    }

    private boolean isEmptyObject(int at) {
        int i = at + 1;
        while (isBlank(buf[i])) {
            i++;
        }
        return buf[i] == '}';
    }

    /// Milliseconds, with or without a fraction; NO_TIME when it is no number.
    private long wholeNumber(int from, int to) {
        long value = 0;
        int i = from;
        boolean negative = buf[i] == '-';
        if (negative) {
            i++;
        }
        if (i == to || to - i > 18) {
            return RecordLine.NO_TIME;
        }
        for (; i < to && buf[i] != '.'; i++) {
            int digit = buf[i] - '0';
            if (digit < 0 || digit > 9) {
                return RecordLine.NO_TIME;
            }
            value = value * 10 + digit;
        }
        return negative ? -value : value;
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
