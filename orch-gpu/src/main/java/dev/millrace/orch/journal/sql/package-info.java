/**
 * The journal in SQL: SQLite for one coordinator, PostgreSQL when several share it. One writer
 * thread commits many transitions at once; where the two databases differ is said in one class.
 */
@NullMarked
package dev.millrace.orch.journal.sql;

import org.jspecify.annotations.NullMarked;
