package powershell

import (
	"fmt"
	"io"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
)

// errorXML writes stderr as powershell.exe does when stderr is not a console: as one
// CLIXML document of tagged texts.
type errorXML struct {
	w      io.Writer
	opened bool
	refs   int
}

func (x *errorXML) open() error {
	if x.opened {
		return nil
	}
	x.opened = true
	_, err := io.WriteString(x.w, "#< CLIXML\r\n<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">")
	return err
}

// text writes each line of a text as an element of a stream.
func (x *errorXML) text(stream, text string) error {
	if err := x.open(); err != nil {
		return err
	}
	if stream != "Error" {
		_, err := fmt.Fprintf(x.w, "<S S=\"%s\">%s</S>", stream, dotnet.EscapeCLIXML(text))
		return err
	}
	for _, line := range lines(text) {
		if _, err := fmt.Fprintf(x.w, "<S S=\"%s\">%s</S>", stream, dotnet.EscapeCLIXML(line+"\r\n")); err != nil {
			return err
		}
	}
	return nil
}

// progress writes a progress record as an element of the document.
func (x *errorXML) progress(activity, status string) error {
	if err := x.open(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(x.w, "<Obj S=\"progress\" RefId=\"%d\"><TN RefId=\"0\"><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T></TN>"+
		"<MS><I64 N=\"SourceId\">1</I64><PR N=\"Record\"><AV>%s</AV><AI>0</AI><Nil /><PI>-1</PI><PC>-1</PC><T>Processing</T><SR>-1</SR><SD>%s</SD></PR></MS></Obj>",
		x.refs, dotnet.EscapeCLIXML(activity), dotnet.EscapeCLIXML(status))
	x.refs++
	return err
}

func (x *errorXML) close() error {
	if !x.opened {
		return nil
	}
	x.opened = false
	_, err := io.WriteString(x.w, "</Objs>")
	return err
}
