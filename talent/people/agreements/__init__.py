"""The agreement on rights, duties and ways of serving (条例 Art. 14), and who signed it."""
