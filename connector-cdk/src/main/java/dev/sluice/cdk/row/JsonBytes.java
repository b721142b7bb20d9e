package dev.sluice.cdk.row;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Walks over JSON in a byte array that has a line feed behind it, which stops every loop. What a walk found is
/// a slice: of the array itself, or of a scratch buffer when bytes had to change.
///
/// Not recursive: a value may nest as deep as its line is long.
final class JsonBytes {
    /// Thrown for what is not JSON; carries the place, costs no stack trace.
    static final class MalformedException extends RuntimeException {
        final int position;

        MalformedException(int position) {
            super(null, null, false, false);
            this.position = position;
        }
    }

    /// Deeper values are null in the table: a server parses JSON recursively, and PostgreSQL's stack ends
    /// somewhere above 5000 levels.
    static final int MAX_DEPTH = 1000;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;
    private static final long BLANKS = ' ' * ONES;

    private static final byte[] NULL = {'n', 'u', 'l', 'l'};
    private static final byte[] REPLACEMENT_ESCAPE = {'\\', 'u', 'f', 'f', 'f', 'd'};
    private static final byte[] HEX = "0123456789abcdef".getBytes(US_ASCII);
    private static final int REPLACEMENT = 0xFFFD;

    /// A scratch buffer grown beyond this by one large value is not kept for the next row.
    private static final int KEPT_SCRATCH = 4 << 20;

    byte[] b;
    int pos;

    /// The slice last found.
    byte[] slice;

    int from;
    int length;

    /// What the last walk over a value had to do, or null.
    ValueChange change;

    private byte[] scratch = new byte[4096];
    private int used;

    /// One bit a level: whether it is an object.
    private long[] nesting = new long[16];

    private final Decimals numbers = new Decimals();

    /// Begins a line: slices of the scratch buffer found before are no longer valid.
    void start(byte[] bytes, int at) {
        b = bytes;
        pos = at;
        used = 0;
        if (scratch.length > KEPT_SCRATCH) {
            scratch = new byte[4096];
        }
    }

    MalformedException malformed() {
        return new MalformedException(pos);
    }

    void skipBlanks() {
        while (isBlank(b[pos])) {
            pos++;
        }
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t' || c == '\r';
    }

    void expect(char c) {
        if (b[pos] != c) {
            throw malformed();
        }
        pos++;
    }

    /// Over `null`, `true`, `false` and the like.
    void skipLiteral(byte[] literal) {
        for (byte expected : literal) {
            if (b[pos] != expected) {
                throw malformed();
            }
            pos++;
        }
        if (!isDelimiter(b[pos])) {
            throw malformed();
        }
    }

    static boolean isDelimiter(byte c) {
        return c == ',' || c == '}' || c == ']' || isBlank(c);
    }

    /// Over a scalar without quotes, whatever it is; the slice is its bytes.
    void skipToken() {
        int at = pos;
        while (!isDelimiter(b[pos])) {
            if (b[pos] == '\n' || b[pos] == '"') {
                throw malformed();
            }
            pos++;
        }
        if (pos == at) {
            throw malformed();
        }
        setSlice(b, at, pos - at);
    }

    /// From the opening quote to behind the closing one; true when there is no escape or control character.
    boolean skipString() {
        int i = pos + 1;
        boolean plain = true;
        while (true) {
            i = nextSpecial(i);
            switch (b[i]) {
                case '"' -> {
                    pos = i + 1;
                    return plain;
                }
                case '\\' -> {
                    plain = false;
                    i += b[i + 1] == '\n' ? 1 : 2;
                }
                case '\n' -> {
                    pos = i;
                    throw malformed();
                }
                default -> {
                    plain = false;
                    i++;
                }
            }
        }
    }

    /// The first quote, backslash or control character from there on.
    private int nextSpecial(int at) {
        int i = at;
        while (i + 8 <= b.length) {
            long word = (long) LONGS.get(b, i);
            long hit = zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES) | ((word - BLANKS) & ~word & HIGHS);
            if (hit != 0) {
                return i + (Long.numberOfTrailingZeros(hit) >>> 3);
            }
            i += 8;
        }
        while (b[i] != '"' && b[i] != '\\' && (b[i] & 0xff) >= ' ') {
            i++;
        }
        return i;
    }

    /// The high bit of every byte that is zero; bytes above the first hit may be wrong, which does not matter.
    private static long zeroBytes(long word) {
        return (word - ONES) & ~word & HIGHS;
    }

    /// A string's text: from the opening quote to behind the closing one. U+0000 is left out, half a surrogate
    /// pair becomes U+FFFD.
    void text() {
        int at = pos + 1;
        int end = nextSpecial(at);
        if (b[end] == '"') {
            pos = end + 1;
            setSlice(b, at, end - at);
        } else {
            unescape(at, end, false);
        }
    }

    /// A key's text; a U+0000 in it stays, or it could pass for another key.
    void key() {
        int at = pos + 1;
        int end = nextSpecial(at);
        if (b[end] == '"') {
            pos = end + 1;
            setSlice(b, at, end - at);
        } else {
            unescape(at, end, true);
        }
    }

    private void unescape(int at, int firstSpecial, boolean keepNul) {
        int begin = used;
        int copied = at;
        int i = firstSpecial;
        while (true) {
            byte c = b[i];
            if (c == '"') {
                append(b, copied, i);
                break;
            }
            if (c == '\n') {
                pos = i;
                throw malformed();
            }
            if (c == '\\') {
                append(b, copied, i);
                i = unescapeOne(i, keepNul);
                copied = i;
            } else if (c == 0 && !keepNul) {
                append(b, copied, i);
                i++;
                copied = i;
            } else {
                i++;
            }
            i = nextSpecial(i);
        }
        pos = i + 1;
        setSlice(scratch, begin, used - begin);
    }

    /// Appends what the escape at the backslash means; returns the offset behind it.
    private int unescapeOne(int at, boolean keepNul) {
        int character = switch (b[at + 1]) {
            case '"' -> '"';
            case '\\' -> '\\';
            case '/' -> '/';
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> -1;
            default -> {
                pos = at;
                throw malformed();
            }
        };
        if (character >= 0) {
            append(character);
            return at + 2;
        }
        int unit = hex4(at + 2);
        int behind = at + 6;
        if (Character.isHighSurrogate((char) unit) && b[behind] == '\\' && b[behind + 1] == 'u') {
            int low = hex4(behind + 2);
            if (Character.isLowSurrogate((char) low)) {
                append(Character.toCodePoint((char) unit, (char) low));
                return behind + 6;
            }
        }
        if (Character.isSurrogate((char) unit)) {
            append(REPLACEMENT);
        } else if (unit != 0 || keepNul) {
            append(unit);
        }
        return behind;
    }

    private int hex4(int at) {
        int value = 0;
        for (int i = at; i < at + 4; i++) {
            int digit = Character.digit(b[i], 16);
            if (digit < 0) {
                pos = i;
                throw malformed();
            }
            value = value << 4 | digit;
        }
        return value;
    }

    /// Over a value without a look inside, for fields that are dropped.
    void skipValue() {
        switch (b[pos]) {
            case '"' -> skipString();
            case '{', '[' -> {
                int depth = 0;
                while (true) {
                    switch (b[pos]) {
                        case '"' -> skipString();
                        case '{', '[' -> {
                            depth++;
                            pos++;
                        }
                        case '}', ']' -> {
                            depth--;
                            pos++;
                            if (depth == 0) {
                                return;
                            }
                        }
                        case '\n' -> throw malformed();
                        default -> pos++;
                    }
                }
            }
            default -> skipToken();
        }
    }

    /// A value as JSON text that every database takes: checked by the grammar; U+0000 left out, half a surrogate
    /// pair `\ufffd`, control characters escaped, and null for numbers that `numeric` cannot hold,
    /// which sets [#change]. A value that is nested too deep sets it too; its slice is not for use.
    void json() {
        int begin = used;
        int start = pos;
        copied = start;
        mended = false;
        change = null;
        int depth = 0;
        while (true) {
            // At the first byte of a value.
            switch (b[pos]) {
                case '{' -> {
                    depth = push(depth, true);
                    pos++;
                    skipBlanks();
                    if (b[pos] != '}') {
                        jsonKey();
                        continue;
                    }
                }
                case '[' -> {
                    depth = push(depth, false);
                    pos++;
                    skipBlanks();
                    if (b[pos] != ']') {
                        continue;
                    }
                }
                case '"' -> jsonString();
                default -> jsonScalar();
            }
            // Behind a value, or at the end of an empty container.
            while (depth > 0) {
                skipBlanks();
                boolean inObject = isObject(depth - 1);
                byte next = b[pos++];
                if (next == (inObject ? '}' : ']')) {
                    depth--;
                } else if (next == ',') {
                    skipBlanks();
                    if (inObject) {
                        jsonKey();
                    }
                    break;
                } else {
                    pos--;
                    throw malformed();
                }
            }
            if (depth == 0) {
                break;
            }
        }
        if (mended) {
            append(b, copied, pos);
            setSlice(scratch, begin, used - begin);
        } else {
            setSlice(b, start, pos - start);
        }
    }

    /// Behind the bytes that are in the scratch buffer already, while a value is being mended.
    private int copied;

    private boolean mended;

    private int push(int depth, boolean isObject) {
        int word = depth >>> 6;
        if (word == nesting.length) {
            nesting = Arrays.copyOf(nesting, word * 2);
        }
        long bit = 1L << depth;
        nesting[word] = isObject ? nesting[word] | bit : nesting[word] & ~bit;
        if (depth == MAX_DEPTH) {
            change = ValueChange.TOO_LARGE;
        }
        return depth + 1;
    }

    private boolean isObject(int level) {
        return (nesting[level >>> 6] >>> level & 1) != 0;
    }

    private void jsonKey() {
        if (b[pos] != '"') {
            throw malformed();
        }
        jsonString();
        skipBlanks();
        expect(':');
        skipBlanks();
    }

    private void jsonString() {
        int i = nextSpecial(pos + 1);
        while (b[i] != '"') {
            byte c = b[i];
            if (c == '\n') {
                pos = i;
                throw malformed();
            }
            if (c == '\\') {
                i = jsonEscape(i);
            } else {
                if (c == 0) {
                    mend(i, i + 1, new byte[0]);
                } else {
                    mend(i, i + 1, new byte[] {'\\', 'u', '0', '0', HEX[c >> 4], HEX[c & 15]});
                }
                i++;
            }
            i = nextSpecial(i);
        }
        pos = i + 1;
    }

    private int jsonEscape(int at) {
        switch (b[at + 1]) {
            case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> {
                return at + 2;
            }
            case 'u' -> {
                int unit = hex4(at + 2);
                int behind = at + 6;
                if (unit == 0) {
                    mend(at, behind, new byte[0]);
                } else if (Character.isHighSurrogate((char) unit)
                        && b[behind] == '\\'
                        && b[behind + 1] == 'u'
                        && Character.isLowSurrogate((char) hex4(behind + 2))) {
                    return behind + 6;
                } else if (Character.isSurrogate((char) unit)) {
                    mend(at, behind, REPLACEMENT_ESCAPE);
                }
                return behind;
            }
            default -> {
                pos = at;
                throw malformed();
            }
        }
    }

    private void jsonScalar() {
        int at = pos;
        switch (b[pos]) {
            case 't' -> skipLiteral(RowReader.TRUE);
            case 'f' -> skipLiteral(RowReader.FALSE);
            case 'n' -> skipLiteral(NULL);
            default -> {
                skipToken();
                if (!isNumber(b, at, pos)) {
                    pos = at;
                    throw malformed();
                } else if (pos - at > 15 && !fitsNumeric(at, pos) || pos - at > 3 && !fitsExponent(at, pos)) {
                    mend(at, pos, NULL);
                    notePart(ValueChange.PART_NULLED);
                }
            }
        }
    }

    private void notePart(ValueChange part) {
        if (change == null) {
            change = part;
        }
    }

    private boolean fitsExponent(int at, int to) {
        for (int i = at; i < to; i++) {
            if ((b[i] | 0x20) == 'e') {
                return fitsNumeric(at, to);
            }
        }
        return true;
    }

    private boolean fitsNumeric(int at, int to) {
        Decimals.Verdict verdict = numbers.parse(b, at, to);
        return verdict != Decimals.Verdict.TOO_LARGE
                && !numbers.rounded
                && (verdict == Decimals.Verdict.COMPACT || numbers.big.scale() <= Decimals.MAX_FRACTION_DIGITS);
    }

    /// Whether the range is a number by JSON's grammar.
    static boolean isNumber(byte[] b, int at, int to) {
        int i = at;
        if (b[i] == '-') {
            i++;
        }
        int whole = digits(b, i, to);
        if (whole == 0 || whole > 1 && b[i] == '0') {
            return false;
        }
        i += whole;
        if (i < to && b[i] == '.') {
            int fraction = digits(b, i + 1, to);
            if (fraction == 0) {
                return false;
            }
            i += 1 + fraction;
        }
        if (i < to && (b[i] | 0x20) == 'e') {
            i++;
            if (i < to && (b[i] == '-' || b[i] == '+')) {
                i++;
            }
            int exponent = digits(b, i, to);
            if (exponent == 0) {
                return false;
            }
            i += exponent;
        }
        return i == to;
    }

    private static int digits(byte[] b, int at, int to) {
        int i = at;
        while (i < to && b[i] >= '0' && b[i] <= '9') {
            i++;
        }
        return i - at;
    }

    private void mend(int at, int to, byte[] replacement) {
        append(b, copied, at);
        append(replacement, 0, replacement.length);
        copied = to;
        mended = true;
    }

    private void setSlice(byte[] array, int at, int count) {
        slice = array;
        from = at;
        length = count;
    }

    /// Slices found before keep the array they were found in, so growing copies and never moves.
    private void room(int more) {
        if (used + more > scratch.length) {
            scratch = Arrays.copyOf(scratch, Math.max(used + more, scratch.length * 2));
        }
    }

    private void append(byte[] source, int at, int to) {
        room(to - at);
        System.arraycopy(source, at, scratch, used, to - at);
        used += to - at;
    }

    private void append(int codePoint) {
        room(4);
        if (codePoint < 0x80) {
            scratch[used++] = (byte) codePoint;
        } else if (codePoint < 0x800) {
            scratch[used++] = (byte) (0xC0 | codePoint >> 6);
            scratch[used++] = (byte) (0x80 | codePoint & 0x3F);
        } else if (codePoint < 0x10000) {
            scratch[used++] = (byte) (0xE0 | codePoint >> 12);
            scratch[used++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            scratch[used++] = (byte) (0x80 | codePoint & 0x3F);
        } else {
            scratch[used++] = (byte) (0xF0 | codePoint >> 18);
            scratch[used++] = (byte) (0x80 | codePoint >> 12 & 0x3F);
            scratch[used++] = (byte) (0x80 | codePoint >> 6 & 0x3F);
            scratch[used++] = (byte) (0x80 | codePoint & 0x3F);
        }
    }
}
