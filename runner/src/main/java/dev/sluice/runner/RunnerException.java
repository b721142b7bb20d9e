package dev.sluice.runner;

import static java.util.Objects.requireNonNull;

import dev.sluice.protocol.FailureType;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// An error as a person reads it: what happened, where, what to do now. Never holds a secret.
public final class RunnerException extends RuntimeException {
    private final FailureType type;
    private final String code;
    private final String where;
    private final String next;

    /// @param code stable name of the mistake, a heading in docs/errors.md
    /// @param where the file, stream or container; may be empty
    /// @param next what to do now; may be empty
    public RunnerException(FailureType type, String code, String what, String where, String next) {
        this(type, code, what, where, next, null);
    }

    public RunnerException(FailureType type, String code, String what, String where, String next, Throwable cause) {
        super(requireNonNull(what, "what is null"), cause);
        this.type = requireNonNull(type, "type is null");
        this.code = requireNonNull(code, "code is null");
        this.where = requireNonNull(where, "where is null");
        this.next = requireNonNull(next, "next is null");
    }

    /// One exception of several, to be thrown where it is now.
    ///
    /// @param failures the cause, which becomes the cause of this too, and what followed from it, which is
    ///     suppressed
    public static RunnerException of(List<RunnerException> failures) {
        RunnerException first = failures.getFirst();
        RunnerException all =
                new RunnerException(first.type, first.code, first.getMessage(), first.where, first.next, first);
        failures.stream().skip(1).forEach(all::addSuppressed);
        return all;
    }

    /// The same error in other words, without its cause, which may say anything.
    public RunnerException reworded(UnaryOperator<String> change) {
        RunnerException other =
                new RunnerException(type, code, change.apply(getMessage()), change.apply(where), change.apply(next));
        other.setStackTrace(getStackTrace());
        return other;
    }

    /// Who can mend it; decides the exit code.
    public FailureType type() {
        return type;
    }

    public String code() {
        return code;
    }

    public Optional<String> where() {
        return where.isEmpty() ? Optional.empty() : Optional.of(where);
    }

    public Optional<String> next() {
        return next.isEmpty() ? Optional.empty() : Optional.of(next);
    }
}
