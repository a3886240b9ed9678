package dev.millrace.triggers.embedded.signature;

/**
 * One who may sign requests.
 *
 * @param id the public part, which is sent with each request
 * @param secret the part that only signs
 * @param tenant the tenant whose buckets these are
 */
public record AccessKey(String id, SecretKey secret, String tenant) {}
