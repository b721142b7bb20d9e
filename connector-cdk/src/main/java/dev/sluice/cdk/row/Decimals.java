package dev.sluice.cdk.row;

import java.math.BigDecimal;
import java.math.BigInteger;

/// Reads a decimal number out of bytes: into a long and a scale when it has at most 18 digits, which nearly all
/// have, else into a [BigDecimal]. Bounded in time and space whatever the exponent says.
final class Decimals {
    /// Most digits before the point that PostgreSQL's `numeric` can hold; Airbyte's bound for numbers.
    static final int MAX_INTEGER_DIGITS = 131_072;

    /// Most digits behind the point that PostgreSQL's `numeric` can hold.
    static final int MAX_FRACTION_DIGITS = 16_383;

    /// Digits beyond these are behind the point and farther back than any database keeps.
    private static final int MAX_DIGITS = MAX_INTEGER_DIGITS + MAX_FRACTION_DIGITS + 1;

    private static final int COMPACT_DIGITS = 18;
    private static final long[] POWERS = new long[COMPACT_DIGITS + 1];

    static {
        POWERS[0] = 1;
        for (int i = 1; i < POWERS.length; i++) {
            POWERS[i] = POWERS[i - 1] * 10;
        }
    }

    enum Verdict {
        /// The value is [#unscaled] with [#scale].
        COMPACT,
        /// The value is [#big].
        BIG,
        NOT_A_NUMBER,
        TOO_LARGE
    }

    long unscaled;
    int scale;
    BigDecimal big;
    boolean rounded;

    /// Whether nothing but zeros stands behind the decimal point.
    private boolean whole;

    /// Digits before the decimal point, less than 1 when the value is below 1.
    private long integerDigits;

    /// Reads all of the range: an optional sign, digits with an optional point, an optional exponent.
    Verdict parse(byte[] b, int from, int to) {
        rounded = false;
        int i = from;
        boolean negative = i < to && b[i] == '-';
        if (negative || i < to && b[i] == '+') {
            i++;
        }
        int digitsFrom = i;
        int firstDigit = -1; // The first that is not zero.
        int lastDigit = -1; // The last that is not zero.
        int point = -1;
        int digits = 0;
        long value = 0;
        int significant = 0;
        for (; i < to; i++) {
            int digit = b[i] - '0';
            if (digit >= 0 && digit <= 9) {
                digits++;
                if (digit != 0) {
                    firstDigit = firstDigit < 0 ? i : firstDigit;
                    lastDigit = i;
                }
                if (firstDigit >= 0) {
                    significant++;
                    if (significant <= COMPACT_DIGITS) {
                        value = value * 10 + digit;
                    }
                }
            } else if (b[i] == '.' && point < 0) {
                point = i;
            } else {
                break;
            }
        }
        int digitsTo = i;
        if (digits == 0) {
            return Verdict.NOT_A_NUMBER;
        }
        long exponent = 0;
        if (i < to) {
            if (b[i] != 'e' && b[i] != 'E') {
                return Verdict.NOT_A_NUMBER;
            }
            i++;
            boolean down = i < to && b[i] == '-';
            if (down || i < to && b[i] == '+') {
                i++;
            }
            if (i == to) {
                return Verdict.NOT_A_NUMBER;
            }
            for (; i < to; i++) {
                int digit = b[i] - '0';
                if (digit < 0 || digit > 9) {
                    return Verdict.NOT_A_NUMBER;
                }
                exponent = Math.min(exponent * 10 + digit, Integer.MAX_VALUE * 16L);
            }
            exponent = down ? -exponent : exponent;
        }
        long fraction = (point < 0 ? 0 : digitsTo - point - 1) - exponent;
        if (firstDigit < 0) {
            whole = true;
            integerDigits = 1;
            unscaled = 0;
            scale = Math.clamp(fraction, 0, COMPACT_DIGITS);
            return Verdict.COMPACT;
        }
        int trailingZeros = digitsTo - 1 - lastDigit - (point > lastDigit ? 1 : 0);
        whole = fraction <= trailingZeros;
        integerDigits = significant - fraction;
        if (integerDigits > MAX_INTEGER_DIGITS) {
            return Verdict.TOO_LARGE;
        }
        if (significant <= COMPACT_DIGITS) {
            if (fraction >= 0 && fraction <= COMPACT_DIGITS) {
                unscaled = negative ? -value : value;
                scale = (int) fraction;
                return Verdict.COMPACT;
            }
            if (fraction < 0 && integerDigits <= COMPACT_DIGITS) {
                value *= POWERS[(int) -fraction];
                unscaled = negative ? -value : value;
                scale = 0;
                return Verdict.COMPACT;
            }
        }
        if (integerDigits < -MAX_FRACTION_DIGITS - 1) {
            unscaled = 0;
            scale = 0;
            rounded = true;
            return Verdict.COMPACT;
        }
        return big(b, firstDigit, digitsTo, point, lastDigit, negative, significant, fraction);
    }

    private Verdict big(
            byte[] b, int from, int to, int point, int lastDigit, boolean negative, int significant, long fraction) {
        int kept = Math.min(significant, MAX_DIGITS);
        char[] text = new char[kept];
        int length = 0;
        int i = from;
        for (; i < to && length < kept; i++) {
            if (i != point) {
                text[length++] = (char) b[i];
            }
        }
        rounded = lastDigit >= i;
        BigInteger whole = new BigInteger(new String(text));
        long scaled = fraction - (significant - kept);
        big = new BigDecimal(negative ? whole.negate() : whole, (int) scaled);
        if (big.scale() < 0) {
            big = big.setScale(0);
        }
        return Verdict.BIG;
    }

    /// The same for a whole number: [#unscaled] holds it when COMPACT, which 19 digits can be too. A number with
    /// a fraction that is not zero is NOT_A_NUMBER.
    Verdict parseWhole(byte[] b, int from, int to) {
        Verdict verdict = parse(b, from, to);
        if (verdict == Verdict.NOT_A_NUMBER || !whole) {
            return Verdict.NOT_A_NUMBER;
        }
        if (verdict == Verdict.COMPACT) {
            unscaled /= POWERS[scale];
            return verdict;
        }
        if (verdict == Verdict.TOO_LARGE || integerDigits > 19) {
            return Verdict.TOO_LARGE;
        }
        BigInteger value = big.toBigIntegerExact();
        if (value.bitLength() > 63) {
            return Verdict.TOO_LARGE;
        }
        unscaled = value.longValueExact();
        return Verdict.COMPACT;
    }
}
