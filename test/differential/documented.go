package main

// documentedIn51 names the source that says why the answer of Windows PowerShell 5.1
// to a snippet is another one than the recorded engine's; "" for none.
func documentedIn51(snippet) string { return "" }
