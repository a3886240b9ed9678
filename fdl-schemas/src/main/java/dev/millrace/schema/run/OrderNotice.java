package dev.millrace.schema.run;

/**
 * Word that an order may be in the intermediate bucket; transports carry only this.
 *
 * @param bucket the intermediate bucket
 * @param key where the order lies
 */
public record OrderNotice(String bucket, String key) {}
