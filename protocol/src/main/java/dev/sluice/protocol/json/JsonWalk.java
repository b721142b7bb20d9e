package dev.sluice.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Steps over the values of a JSON text without building them. Expects a line feed behind the text: it cannot
/// stand inside a JSON string, so it stops every loop.
class JsonWalk {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final long QUOTES = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;
    private static final long LINE_FEEDS = '\n' * ONES;

    /// 1 for the bytes that matter between the strings of a value: quotes, braces, brackets, line feed.
    private static final byte[] STRUCTURAL = new byte[256];

    static {
        for (char c : "\"{}[]\n".toCharArray()) {
            STRUCTURAL[c] = 1;
        }
    }

    byte[] buf;
    int pos;

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    void skipBlanks() {
        while (isBlank(buf[pos])) {
            pos++;
        }
    }

    /// Over `"key" : ` to the first byte of the value.
    boolean skipColon() {
        skipBlanks();
        if (buf[pos] != ':') {
            return false;
        }
        pos++;
        skipBlanks();
        return true;
    }

    /// From an opening quote to behind the closing one.
    boolean skipString() {
        if (buf[pos] != '"') {
            return false;
        }
        int i = pos + 1;
        while (true) {
            if (i + 8 <= buf.length) {
                long word = (long) LONGS.get(buf, i);
                long hit = zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES) | zeroBytes(word ^ LINE_FEEDS);
                if (hit == 0) {
                    i += 8;
                    continue;
                }
                i += Long.numberOfTrailingZeros(hit) >>> 3;
            }
            switch (buf[i]) {
                case '"' -> {
                    pos = i + 1;
                    return true;
                }
                case '\\' -> {
                    if (buf[i + 1] == '\n') {
                        return false;
                    }
                    i += 2;
                }
                case '\n' -> {
                    return false;
                }
                default -> i++;
            }
        }
    }

    /// The high bit of every byte that is zero; bytes above the first hit may be wrong, which does not matter.
    private static long zeroBytes(long word) {
        return (word - ONES) & ~word & HIGHS;
    }

    boolean skipValue() {
        switch (buf[pos]) {
            case '"' -> {
                return skipString();
            }
            case '{', '[' -> {
                return skipContainer();
            }
            default -> {
                int from = pos;
                while (true) {
                    byte b = buf[pos];
                    if (b == ',' || b == '}' || b == ']' || b == '\n' || isBlank(b)) {
                        return pos > from;
                    }
                    pos++;
                }
            }
        }
    }

    private boolean skipContainer() {
        int depth = 0;
        int i = pos;
        while (true) {
            while (STRUCTURAL[buf[i] & 0xff] == 0) {
                i++;
            }
            switch (buf[i]) {
                case '"' -> {
                    pos = i;
                    if (!skipString()) {
                        return false;
                    }
                    i = pos;
                }
                case '{', '[' -> {
                    depth++;
                    i++;
                }
                case '}', ']' -> {
                    depth--;
                    i++;
                    if (depth == 0) {
                        pos = i;
                        return true;
                    }
                }
                default -> {
                    return false;
                }
            }
        }
    }
}
