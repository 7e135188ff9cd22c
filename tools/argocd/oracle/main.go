// Says what Argo CD's own code says: a JSON object a line in, one out. Of a template, what the ApplicationSet controller
// makes of it; of a project, why the API server refuses it.
package main

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

type question struct {
	Template   string               `json:"template"`
	Parameters map[string]any       `json:"parameters"`
	GoTemplate bool                 `json:"goTemplate"`
	Options    []string             `json:"options"`
	Project    *v1alpha1.AppProject `json:"project"`
}

type answer struct {
	Text  string `json:"text"`
	Error string `json:"error,omitempty"`
}

func (asked question) answer() (string, error) {
	if asked.Project != nil {
		return "", asked.Project.ValidateProject()
	}
	return (&utils.Render{}).Replace(asked.Template, asked.Parameters, asked.GoTemplate, asked.Options)
}

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for {
		var asked question
		if err := in.Decode(&asked); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		text, err := asked.answer()
		said := answer{Text: text}
		if err != nil {
			said.Error = err.Error()
		}
		if err := out.Encode(said); err != nil {
			log.Fatal(err)
		}
	}
}
