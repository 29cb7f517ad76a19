package powershell

import (
	"fmt"
	"strings"

	"github.com/fedroute/fedroute/lyncsim/powershell/dotnet"
	"github.com/fedroute/fedroute/lyncsim/powershell/value"
)

func category(r *value.ErrorRecord) string { return value.Category.Of(r.Category).String() }

// errorText is an error as a console shows it: message, position, category and id.
func errorText(r *value.ErrorRecord) string {
	var b strings.Builder
	switch {
	case r.Activity != "":
		b.WriteString(r.Activity + " : ")
	case r.Exception.Type == commandNotFound && r.Invocation != nil:
		b.WriteString(r.Invocation.Name + " : ")
	}
	b.WriteString(r.Message() + "\r\n")
	if at := r.Invocation; at != nil && at.Line > 0 {
		fmt.Fprintf(&b, "At line:%d char:%d\r\n+ %s\r\n+ %s~\r\n", at.Line, at.Char, at.Text, strings.Repeat(" ", max(0, int(at.Char)-1)))
	}
	info := dotnet.CategoryInfo(r)
	fmt.Fprintf(&b, "    + CategoryInfo          : %s\r\n    + FullyQualifiedErrorId : %s\r\n \r\n", value.Text(info), r.FullID())
	return b.String()
}
