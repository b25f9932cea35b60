"""The law: one regulation a module, standard library only, nothing but values in and out."""
