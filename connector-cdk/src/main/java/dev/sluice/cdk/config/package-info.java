/// A configuration as a record: its components are the settings, from which come the JSON Schema that `spec`
/// prints, the validation, and the value a connector receives.
package dev.sluice.cdk.config;
