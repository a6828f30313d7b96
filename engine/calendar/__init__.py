"""The calendar: which days count. `holidays` brings published years in, `workdays` counts."""
