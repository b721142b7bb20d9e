/// What the author of a connector imports: implement [Source] or [Destination], call [ConnectorMain#run].
///
/// The kit has the conversation (command line, files, lines, statuses, exit codes); the connector has the
/// knowledge. Everything it prints on standard output is protocol.
package dev.sluice.cdk;
