"""Notice: alarms, duties with their deadlines, and mail."""
