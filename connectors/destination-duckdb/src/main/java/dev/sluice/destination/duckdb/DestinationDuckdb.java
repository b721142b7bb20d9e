package dev.sluice.destination.duckdb;
final class DestinationDuckdb { public static void main(String[] args) throws Exception { System.out.println(new org.duckdb.DuckDBDriver().connect("jdbc:duckdb:", null)); } }
