<?cs set:Page.refresh = "15" ?><?cs include:"layout/head.cs" ?>
<?cs include:"parts/jobs.cs" ?>
<?cs include:"layout/foot.cs" ?>
