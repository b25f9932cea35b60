"""Figures that offices state: entered at once for a community, corrected one by one."""
