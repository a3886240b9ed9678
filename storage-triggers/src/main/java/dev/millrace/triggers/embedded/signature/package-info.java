/** AWS Signature Versions 4 and 2, the verifier's side. */
@NullMarked
package dev.millrace.triggers.embedded.signature;

import org.jspecify.annotations.NullMarked;
