package dev.sluice.protocol.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Steps over the values of a JSON text without building them. Expects a line feed behind the text: it cannot
/// stand inside a JSON string, so it stops every loop.
class JsonWalk {
    /// Eight bytes at once.
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final long HIGHS = 0x8080808080808080L;
    private static final long ONES = 0x0101010101010101L;
    private static final long QUOTES = '"' * ONES;
    private static final long BACKSLASHES = '\\' * ONES;
    private static final long LINE_FEEDS = '\n' * ONES;

    private static final byte STRUCTURE = 1;
    private static final byte STRAY = 2;

    /// What a byte between the strings of a value is: 0 for those to step over, structure, or one that JSON does
    /// not have there, the line feed among them.
    private static final byte[] BETWEEN = new byte[256];

    private static final boolean[] OF_A_NUMBER = new boolean[256];

    static {
        java.util.Arrays.fill(BETWEEN, STRAY);
        for (char c : "0123456789+-.eEtrufalsn,: \t\r".toCharArray()) {
            BETWEEN[c] = 0;
        }
        for (char c : "\"{}[]".toCharArray()) {
            BETWEEN[c] = STRUCTURE;
        }
        for (char c : "0123456789+-.eE".toCharArray()) {
            OF_A_NUMBER[c] = true;
        }
    }

    byte[] buf;
    int pos;

    /// All bytes of strings stepped over, and some near them, or-ed together: tells whether all were ASCII.
    long seen;

    static boolean isBlank(byte b) {
        return b == ' ' || b == '\t' || b == '\r';
    }

    /// The high bit of every byte that is a line feed; bits above the lowest may be wrong, which does not matter.
    static long lineFeeds(long word) {
        return zeroBytes(word ^ LINE_FEEDS);
    }

    private static long zeroBytes(long word) {
        return (word - ONES) & ~word & HIGHS;
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
                long hit = zeroBytes(word ^ QUOTES) | zeroBytes(word ^ BACKSLASHES) | lineFeeds(word);
                seen |= word;
                if (hit == 0) {
                    i += 8;
                    continue;
                }
                i += Long.numberOfTrailingZeros(hit) >>> 3;
            } else {
                seen |= (long) buf[i] << 56;
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

    boolean skipValue() {
        return switch (buf[pos]) {
            case '"' -> skipString();
            case '{', '[' -> skipContainer();
            case 't' -> skipWord("true");
            case 'f' -> skipWord("false");
            case 'n' -> skipWord("null");
            default -> skipNumber();
        };
    }

    private boolean skipWord(String word) {
        for (int i = 0; i < word.length(); i++) {
            if (buf[pos + i] != word.charAt(i)) {
                return false;
            }
        }
        pos += word.length();
        return true;
    }

    private boolean skipNumber() {
        int i = pos;
        while (OF_A_NUMBER[buf[i] & 0xff]) {
            i++;
        }
        boolean ended = i > pos && buf[i - 1] >= '0' && buf[i - 1] <= '9';
        pos = i;
        return ended;
    }

    /// By depth alone: which bracket closes which, and what stands between commas, is for whoever parses it.
    private boolean skipContainer() {
        int depth = 0;
        int i = pos;
        while (true) {
            byte between;
            while ((between = BETWEEN[buf[i] & 0xff]) == 0) {
                i++;
            }
            if (between == STRAY) {
                pos = i;
                return false;
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
                default -> {
                    depth--;
                    i++;
                    if (depth == 0) {
                        pos = i;
                        return true;
                    }
                }
            }
        }
    }
}
