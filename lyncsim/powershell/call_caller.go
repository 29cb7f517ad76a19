package powershell

import "github.com/fedroute/fedroute/lyncsim/powershell/value"

// WriteCallerError is WriteError for Write-Error: the error is that of the
// function which called it, whose name its id ends with and whose call it names.
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

// WriteHost writes for Write-Host, a whole line or a part of one: to the
// information stream, which can be redirected, whatever $InformationPreference says.
func (c *Call) WriteHost(text string, wholeLine bool) error {
	m := newMessage(informationStream, text)
	if !wholeLine {
		m.Set(noNewLine, true)
	}
	c.inv.keep(informationStream, m)
	return c.inv.frame.streams[informationStream](m)
}
