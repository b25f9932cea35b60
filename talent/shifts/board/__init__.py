"""The board: shifts of a day, a week or a month on one page (排班板)."""
