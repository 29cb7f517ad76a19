package powershell

import "github.com/fedroute/fedroute/lyncsim/powershell/value"

// WriteCallerError is WriteError for Write-Error. The error counts as one of the
// function that called Write-Error: its id ends with that function's name, and its
// position is that function's call.
func (c *Call) WriteCallerError(r *value.ErrorRecord) error {
	inv, class := c.inv, c.inv.class
	defer func() { inv.class = class }()
	inv.class = ""
	if caller := inv.frame.inv; caller != nil {
		inv.class = caller.name
		r.Invocation = positionOf(caller.at)
		r.Invocation.Name = caller.name
	}
	return inv.writeError(r)
}

// WriteHost writes a whole line, or a part of a line, for Write-Host. The text goes to
// the information stream, so that scripts can redirect it. $InformationPreference does
// not matter.
func (c *Call) WriteHost(text string, wholeLine bool) error {
	m := newMessage(informationStream, text)
	if !wholeLine {
		m.Set(noNewLine, true)
	}
	c.inv.keep(informationStream, m)
	return c.inv.frame.streams[informationStream](m)
}
