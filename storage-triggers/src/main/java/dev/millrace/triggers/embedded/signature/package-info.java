/** AWS Signature Version 4, the verifier's side. */
@NullMarked
package dev.millrace.triggers.embedded.signature;

import org.jspecify.annotations.NullMarked;
