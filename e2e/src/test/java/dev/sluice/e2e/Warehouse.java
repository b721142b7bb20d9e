package dev.sluice.e2e;

/// Where a sync writes to, seen from the other side: by SQL.
interface Warehouse {
    /// The `destination:` of a connection file.
    ///
    /// @param launch `docker` or `process`
    String destination(String launch);

    /// The first column of the first row, as text.
    String one(String sql);

    void execute(String sql);

    /// The table of a stream, quoted.
    default String table(String stream) {
        return '"' + stream + '"';
    }

    default long count(String table) {
        return Long.parseLong(one("SELECT count(*) FROM " + table));
    }

    /// How the rows of two queries differ, duplicates counted: `nothing missing, nothing more`.
    default String difference(String expected, String found) {
        String missing = one("SELECT count(*) FROM ((%s) EXCEPT ALL (%s)) AS d".formatted(expected, found));
        String more = one("SELECT count(*) FROM ((%s) EXCEPT ALL (%s)) AS d".formatted(found, expected));
        return "%s missing, %s more"
                .formatted(missing.equals("0") ? "nothing" : missing, more.equals("0") ? "nothing" : more);
    }
}
