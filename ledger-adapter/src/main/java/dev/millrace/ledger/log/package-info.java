/** The embedded ledger: a transparency log in a folder. */
@NullMarked
package dev.millrace.ledger.log;

import org.jspecify.annotations.NullMarked;
