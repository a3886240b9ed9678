/** RFC 6962 hash trees and their proofs. */
@NullMarked
package dev.millrace.ledger.proof;

import org.jspecify.annotations.NullMarked;
