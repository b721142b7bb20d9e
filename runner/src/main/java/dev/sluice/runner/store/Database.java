package dev.sluice.runner.store;

import dev.sluice.protocol.FailureType;
import dev.sluice.runner.RunnerException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import javax.sql.DataSource;

/// What differs between the databases a store can live in.
sealed interface Database permits SqliteFile, PostgresDatabase {
    DataSource dataSource();

    /// As the user knows it, without a password.
    String location();

    /// Something only one runner can hold, and that is given back however it ends.
    interface Lock extends AutoCloseable {
        @Override
        void close();
    }

    /// Locks a connection's name, or returns empty when another runner has it.
    ///
    /// @param session stays open as long as the lock is held
    Optional<Lock> tryLock(Connection session, String name) throws SQLException;

    /// Who holds the lock of a connection; empty when nobody does.
    Optional<String> holder(Connection session, String name) throws SQLException;

    /// Does this while no other runner does it.
    void exclusively(Runnable work);

    default Connection open() throws SQLException {
        return dataSource().getConnection();
    }

    /// Turns what a driver throws into a sentence.
    default RunnerException unusable(SQLException e) {
        String state = String.valueOf(e.getSQLState());
        String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        if (state.startsWith("28")) {
            return new RunnerException(
                    FailureType.CONFIG_ERROR,
                    "state.refused",
                    "the state store does not let this user in: " + message,
                    location(),
                    "check the user and the password in --state, SLUICE_STATE or `state:`",
                    e);
        }
        return new RunnerException(
                FailureType.TRANSIENT_ERROR,
                "state.unavailable",
                "the state store cannot be used: " + message,
                location(),
                "make it available again, then run the same command: nothing is lost",
                e);
    }
}
