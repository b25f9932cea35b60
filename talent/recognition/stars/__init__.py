"""Stars and medals: applied for, given by themselves, doubted, withdrawn, printed."""
