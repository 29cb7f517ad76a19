package syntax

// ParseOptions chooses the language. The zero value is Windows PowerShell 5.1.
type ParseOptions struct {
	// Version7 accepts the words of PowerShell 7 (&&, ||, ??, ?:), only to refuse
	// them with an UnsupportedError in place of the ParseError that 5.1 gives.
	Version7 bool
}

// Parse reads Windows PowerShell 5.1 source. The error is a *ParseError or an
// *UnsupportedError.
func Parse(source string) (*ScriptBlock, error) {
	return ParseOptions{}.Parse(source)
}

// Parse reads source in the chosen language. The error is a *ParseError or an
// *UnsupportedError.
func (o ParseOptions) Parse(source string) (*ScriptBlock, error) {
	return nil, &UnsupportedError{Construct: "parsing", Line: 1}
}
