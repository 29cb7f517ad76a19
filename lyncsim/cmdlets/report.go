package cmdlets

import (
	"bytes"
	"html/template"

	"github.com/fedroute/fedroute/lyncsim/refusal"
)

// reportPage is the HTML log of -Report. Its layout is invented; the reference only
// says that there is an HTML log.
var reportPage = template.Must(template.New("report").Parse(`<!DOCTYPE html>
<html><head><title>{{.Cmdlet}}</title></head>
<body>
<h1>{{.Cmdlet}}</h1>
<table>
<tr><th>Time</th><td>{{.Time}}</td></tr>
<tr><th>Computer</th><td>{{.Machine}}</td></tr>
<tr><th>User</th><td>{{.User}}</td></tr>
<tr><th>Result</th><td>{{.Result}}</td></tr>
</table>
</body></html>
`))

// writeReport writes the log of a run that ended with err.
func (r *run) writeReport(path string, err error) error {
	result := "Success"
	if err != nil {
		result = "Error: " + refusal.Sentence(err)
	}
	var page bytes.Buffer
	failed := reportPage.Execute(&page, map[string]string{
		"Cmdlet": r.Name(), "Time": r.Farm.Clock().Now().UTC().Format("2006-01-02T15:04:05Z"),
		"Machine": r.Machine, "User": r.Who.Account, "Result": result,
	})
	if failed != nil {
		return failed
	}
	return r.writeFile(path, page.Bytes())
}
